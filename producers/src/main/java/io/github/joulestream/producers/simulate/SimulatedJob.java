// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.util.Map;

/** A job of the simulated site, and what it really drew so far. */
final class SimulatedJob {
  // energy of a share is known in parts of a microjoule: 10,000 parts, 1,000 to a millijoule
  private static final long PARTS_PER_MILLIJOULE = 10_000_000;
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final String site;
  private final String id;
  private final String user;
  private final String project;
  private final Shape shape;
  private final int gpus;
  private final long startEpochMillis;
  private final long plannedEndEpochMillis;
  private final long stepMillis;
  private final int nodes;
  private final long[] millijoules = new long[KINDS.length];
  private final long[] remainders = new long[KINDS.length];
  private double work;
  private long endEpochMillis = JobRecord.OPEN;

  SimulatedJob(
      String site,
      String id,
      String user,
      String project,
      Shape shape,
      int gpus,
      long startEpochMillis,
      long plannedEndEpochMillis,
      long stepMillis,
      int nodes) {
    this.site = site;
    this.id = id;
    this.user = user;
    this.project = project;
    this.shape = shape;
    this.gpus = gpus;
    this.startEpochMillis = startEpochMillis;
    this.plannedEndEpochMillis = plannedEndEpochMillis;
    this.stepMillis = stepMillis;
    this.nodes = nodes;
  }

  String id() {
    return id;
  }

  Shape shape() {
    return shape;
  }

  long startEpochMillis() {
    return startEpochMillis;
  }

  long endEpochMillis() {
    return endEpochMillis;
  }

  long plannedEndEpochMillis() {
    return plannedEndEpochMillis;
  }

  long stepMillis() {
    return stepMillis;
  }

  String user() {
    return user;
  }

  String project() {
    return project;
  }

  /** Books true energy of a device of which it has a share, exactly. */
  void draw(DeviceKind kind, long microjoules, int parts) {
    int i = kind.ordinal();
    long sum = remainders[i] + microjoules * parts;
    millijoules[i] += sum / PARTS_PER_MILLIJOULE;
    remainders[i] = sum % PARTS_PER_MILLIJOULE;
  }

  void work(double busyGpuSeconds) {
    work += busyGpuSeconds * shape.workPerBusyGpuSecond();
  }

  /** True energy of a kind, rounded down, mJ. */
  long millijoules(DeviceKind kind) {
    return millijoules[kind.ordinal()];
  }

  /** True energy of all kinds together, rounded down once, mJ. */
  long totalMillijoules() {
    long sum = 0;
    long remainder = 0;
    for (int i = 0; i < millijoules.length; i++) {
      sum += millijoules[i];
      remainder += remainders[i];
    }
    return sum + remainder / PARTS_PER_MILLIJOULE;
  }

  void end(long epochMillis) {
    endEpochMillis = epochMillis;
  }

  /** What a scheduler would say of it now. */
  JobRecord record(JobState state) {
    return new JobRecord(
        site,
        id,
        user,
        project,
        shape.verb() + "-" + project,
        gpus >= 8 ? "large" : "small",
        Map.of("gpus", Integer.toString(gpus)),
        startEpochMillis,
        state.ended() ? endEpochMillis : JobRecord.OPEN,
        state,
        Math.floor(work),
        shape.workUnit(),
        nodes);
  }
}
