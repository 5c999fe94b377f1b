// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.util.Map;

/** A job of the simulated site, and its true energy so far. */
@SuppressWarnings("EnumOrdinal") // an array in memory
final class SimulatedJob {
  // energy of a share is exact in 1/10,000 of a microjoule; 1,000 microjoules are a millijoule
  private static final long PARTS_PER_MILLIJOULE = 10_000_000;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long LOAD_MILLIS = 10_000;

  private final String site;
  private final String id;
  private final JobPlan plan;
  private final int gpus;
  private final int nodes;
  private final long startEpochMillis;
  private final Sum[] byKind = new Sum[DeviceKind.values().length];
  private final Sum total = new Sum();
  private final Sum silent = new Sum();
  private double work;
  private long endEpochMillis = JobSpan.OPEN;

  private final Activity activity = new Activity();
  private long activityMillis = Long.MIN_VALUE;
  private double load;
  private long loadSlot = Long.MIN_VALUE;

  /** An exact sum of shares. */
  private static final class Sum {
    private long millijoules;
    private long remainder;

    void add(long microjoules, int basisPoints) {
      long sum = remainder + microjoules * basisPoints;
      long whole = sum / PARTS_PER_MILLIJOULE;
      millijoules += whole;
      remainder = sum - whole * PARTS_PER_MILLIJOULE;
    }
  }

  /**
   * @param gpus that it was given, on all nodes together
   * @param nodes that it was given
   */
  SimulatedJob(String site, String id, JobPlan plan, int gpus, int nodes, long startEpochMillis) {
    this.site = site;
    this.id = id;
    this.plan = plan;
    this.gpus = gpus;
    this.nodes = nodes;
    this.startEpochMillis = startEpochMillis;
    for (int i = 0; i < byKind.length; i++) {
      byKind[i] = new Sum();
    }
  }

  String id() {
    return id;
  }

  JobPlan plan() {
    return plan;
  }

  JobTraits traits() {
    return plan.traits();
  }

  int gpus() {
    return gpus;
  }

  long startEpochMillis() {
    return startEpochMillis;
  }

  long endEpochMillis() {
    return endEpochMillis;
  }

  long plannedEndEpochMillis() {
    return startEpochMillis + plan.lengthMillis();
  }

  /** What it does in the step that begins at this time. */
  Activity activityAt(long epochMillis) {
    if (epochMillis != activityMillis) {
      activityMillis = epochMillis;
      if (epochMillis < startEpochMillis + traits().loadingMillis()) {
        activity.set(0.03, 0.03, 0.7, 0.1);
        activity.reads = true;
      } else if (epochMillis >= plannedEndEpochMillis() - traits().tailMillis()) {
        activity.set(0, 0, 0.02, 0);
      } else {
        plan.shape().act(this, epochMillis, activity);
      }
    }
    return activity;
  }

  /** Load of a service by the hour of its users, 0 to 1. */
  double dayLoad(long epochMillis) {
    long slot = epochMillis / LOAD_MILLIS;
    if (slot != loadSlot) {
      loadSlot = slot;
      JobTraits traits = traits();
      double day = ((epochMillis + traits.dayShiftMillis()) % DAY_MILLIS) / (double) DAY_MILLIS;
      // least at three in the morning
      double awake = (1 - Math.cos(2 * Math.PI * (day - 0.125))) / 2;
      load = traits.baseLoad() + traits.daySwing() * awake;
    }
    return load;
  }

  /** Counts true energy of a kind of device of which it has a share, exactly. */
  void add(DeviceKind kind, long microjoules, int basisPoints) {
    byKind[kind.ordinal()].add(microjoules, basisPoints);
  }

  /**
   * Counts energy to its total: that of a node's meter, or of the devices of a node without one.
   */
  void addToTotal(long microjoules, int basisPoints) {
    total.add(microjoules, basisPoints);
  }

  /** Of the total: energy that a meter counted while it gave no readings. */
  void addUnmetered(long microjoules, int basisPoints) {
    silent.add(microjoules, basisPoints);
  }

  void work(double busyGpuSeconds) {
    work += busyGpuSeconds * plan.shape().workPerBusyGpuSecond() * traits().workRate();
  }

  /** True energy of a kind, rounded down, mJ. */
  long millijoules(DeviceKind kind) {
    return byKind[kind.ordinal()].millijoules;
  }

  /** True energy of its share of the nodes' meters, and of devices of nodes without one, mJ. */
  long totalMillijoules() {
    return total.millijoules;
  }

  /** Of it, energy while the meter gave no readings, mJ. */
  long silentMillijoules() {
    return silent.millijoules;
  }

  void end(long epochMillis) {
    endEpochMillis = epochMillis;
  }

  /** Its record as a scheduler would publish it now. */
  JobRecord record(JobState state) {
    return new JobRecord(
        site,
        id,
        new JobDetails(
            plan.user().name(),
            plan.project(),
            plan.shape().verb() + "-" + plan.project(),
            gpus >= SimulatedNode.GPUS ? "large" : "small",
            Map.of("gpus", Integer.toString(gpus))),
        new JobSpan(startEpochMillis, state.ended() ? endEpochMillis : JobSpan.OPEN),
        state,
        new JobWork(Math.floor(work), plan.shape().workUnit()),
        nodes);
  }
}
