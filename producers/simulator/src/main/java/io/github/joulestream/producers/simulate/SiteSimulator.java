// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.CsvRow;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A site whose truth is known: nodes, jobs of several users and projects, and what each job really
 * consumes. Pure: time advances by calls only, and equal options and starts make equal records. One
 * thread.
 */
public final class SiteSimulator {
  private static final int STEP = SimulatedNode.STEP_MILLIS;
  private static final long PROGRESS_MILLIS = 30_000;
  private static final int SPREAD_SECONDS = 3_600;
  // an air-cooled rack has room and power for about four nodes of eight GPUs
  private static final int NODES_PER_RACK = 4;
  private static final int RACKS_PER_ROW = 10;
  // every third node is for jobs of whole nodes
  private static final int LARGE_EVERY = 3;
  // the next large job waits so long for its nodes, then it takes what there is
  private static final long PATIENCE_MILLIS = 300_000;

  private final SimulationOptions options;
  private final SplittableRandom random;
  private final Workload workload;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedNode> largeNodes = new ArrayList<>();
  private final List<SimulatedNode> smallNodes = new ArrayList<>();
  private final @Nullable SiteMeters meters;
  private final List<SimulatedJob> jobs = new ArrayList<>();
  private final Map<SimulatedJob, List<SimulatedNode>> running = new LinkedHashMap<>();
  private final long startEpochMillis;
  private @Nullable JobPlan nextLarge;
  private long nextLargeSinceMillis;
  private int submitted;
  private long now;
  private long readings;
  private boolean finished;

  /**
   * @param startEpochMillis when it begins; rounded down to a second
   */
  public SiteSimulator(SimulationOptions options, long startEpochMillis) {
    this.options = options;
    this.startEpochMillis = Math.floorDiv(startEpochMillis, 1_000) * 1_000;
    this.now = this.startEpochMillis;
    this.random = new SplittableRandom(options.seed());
    this.meters = options.meters() ? new SiteMeters(options, this.startEpochMillis) : null;
    for (int i = 0; i < options.nodes(); i++) {
      // the agent of the first node reads the site's meters too
      SimulatedNode node =
          new SimulatedNode(options, i, this.startEpochMillis, i == 0 ? meters : null);
      nodes.add(node);
      (i % LARGE_EVERY == LARGE_EVERY - 1 ? largeNodes : smallNodes).add(node);
    }
    int most = Math.max(Math.min(2, largeNodes.size()), largeNodes.size() / 2);
    this.workload = new Workload(options, most, random.split());
  }

  /** Runs the site up to a time, and publishes the records of its agents and its scheduler. */
  public void advanceTo(long epochMillis, Publisher publisher) {
    if (now == startEpochMillis && readings == 0) {
      for (int i = 0; i < nodes.size(); i++) {
        publisher.publish(described(i));
      }
      for (SimulatedNode node : nodes) {
        publish(sample(node), publisher);
      }
    }
    while (now + STEP <= epochMillis) {
      schedule(publisher);
      boolean silent = SimulatedNode.silentAt(now - startEpochMillis);
      for (int i = 0; i < nodes.size(); i++) {
        long milliwatts = nodes.get(i).step(now, silent, random);
        if (meters != null) {
          meters.consume(i, milliwatts);
        }
      }
      if (meters != null) {
        meters.step(now, STEP);
      }
      now += STEP;
      for (SimulatedNode node : nodes) {
        if (node.isDue(now)) {
          publish(sample(node), publisher);
        }
      }
    }
  }

  private @Nullable TelemetryBatch sample(SimulatedNode node) {
    return node.sample(now, SimulatedNode.silentAt(now - startEpochMillis));
  }

  /**
   * Publishes what is left. Jobs that run are left running, or cancelled here if the options demand
   * so.
   */
  public void finish(Publisher publisher) {
    if (finished) {
      return;
    }
    finished = true;
    for (SimulatedNode node : nodes) {
      publish(sample(node), publisher);
      publish(node.batch(), publisher);
    }
    for (SimulatedJob job : List.copyOf(running.keySet())) {
      if (options.endsJobs()) {
        end(job, JobState.CANCELLED, publisher);
      } else {
        publisher.publish(job.record(JobState.RUNNING));
      }
    }
  }

  private NodeRecord described(int index) {
    int rack = index / NODES_PER_RACK;
    Map<String, String> labels =
        Map.of("rack", "r%02d".formatted(rack + 1), "row", "row-" + (rack / RACKS_PER_ROW + 1));
    return new NodeRecord(
        options.site(), nodes.get(index).name(), now, "simulated", labels, 0, 0, List.of());
  }

  private void publish(@Nullable TelemetryBatch batch, Publisher publisher) {
    if (batch != null) {
      publisher.publish(batch);
      readings += batch.readings();
    }
  }

  // ---- scheduler

  private void schedule(Publisher publisher) {
    for (SimulatedJob job : List.copyOf(running.keySet())) {
      if (job.plannedEndEpochMillis() <= now) {
        end(job, job.plan().end(), publisher);
      } else if (now > job.startEpochMillis()
          && (now - job.startEpochMillis()) % PROGRESS_MILLIS == 0) {
        publisher.publish(job.record(JobState.RUNNING));
      }
    }
    boolean first = now == startEpochMillis;
    if (!first && now % 1_000 != 0) {
      return;
    }
    if (options.jobs() > 0) {
      submitted += first ? options.jobs() / 3 : submittedNow();
      while (jobs.size() < submitted && beginAnywhere(publisher)) {
        // the next one that waits
      }
      return;
    }
    for (SimulatedNode node : smallNodes) {
      // a free GPU waits a few seconds for its next job; at the start most are taken
      int tries = first ? 3 : 1;
      for (int i = 0; i < tries; i++) {
        if (node.freeGpus() > 0 && random.nextInt(first ? 10 : 40) < (first ? 8 : 3)) {
          begin(workload.next(false), List.of(node), publisher);
        }
      }
    }
    beginLarge(publisher);
  }

  /** Of counted jobs: at random, and all of them within the time that there is for them. */
  private int submittedNow() {
    int left = options.jobs() - submitted;
    int seconds = (int) Math.max(1, SPREAD_SECONDS - (now - startEpochMillis) / 1_000);
    return left / seconds + (random.nextInt(seconds) < left % seconds ? 1 : 0);
  }

  /** A counted job, on the first node with room from one on that anybody picks. */
  private boolean beginAnywhere(Publisher publisher) {
    int from = random.nextInt(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      int index = (from + i) % nodes.size();
      SimulatedNode node = nodes.get(index);
      if (index % LARGE_EVERY == LARGE_EVERY - 1) {
        List<SimulatedNode> free = freeLargeNodes();
        if (!free.isEmpty()) {
          JobPlan plan = workload.next(true);
          begin(plan, free.subList(0, nodesOf(plan, free.size())), publisher);
          return true;
        }
      } else if (node.freeGpus() > 0) {
        begin(workload.next(false), List.of(node), publisher);
        return true;
      }
    }
    return false;
  }

  /** Large jobs begin one after the other, each when there are nodes enough for it. */
  private void beginLarge(Publisher publisher) {
    List<SimulatedNode> free = freeLargeNodes();
    while (!free.isEmpty()) {
      JobPlan plan = nextLarge;
      if (plan == null) {
        plan = workload.next(true);
        nextLarge = plan;
        nextLargeSinceMillis = now;
      }
      if (free.size() < plan.nodes() && now - nextLargeSinceMillis < PATIENCE_MILLIS) {
        return;
      }
      int taken = nodesOf(plan, free.size());
      begin(plan, free.subList(0, taken), publisher);
      free = free.subList(taken, free.size());
      nextLarge = null;
    }
  }

  private List<SimulatedNode> freeLargeNodes() {
    List<SimulatedNode> free = new ArrayList<>();
    for (SimulatedNode node : largeNodes) {
      if (node.freeGpus() == SimulatedNode.GPUS) {
        free.add(node);
      }
    }
    return free;
  }

  private static int nodesOf(JobPlan plan, int free) {
    return Math.min(plan.nodes(), Integer.highestOneBit(free));
  }

  private void begin(JobPlan plan, List<SimulatedNode> on, Publisher publisher) {
    int perNode = Math.min(plan.gpus(), on.getFirst().freeGpus());
    SimulatedJob job =
        new SimulatedJob(
            options.site(),
            "%d-%d".formatted(startEpochMillis / 1_000, jobs.size() + 1),
            plan,
            perNode * on.size(),
            on.size(),
            now);
    jobs.add(job);
    running.put(job, List.copyOf(on));
    publisher.publish(job.record(JobState.RUNNING));
    for (SimulatedNode node : on) {
      publish(sample(node), publisher); // the hook asks the agent, which reads at once
      List<DeviceShare> shares = new ArrayList<>();
      for (int gpu : node.give(job, perNode)) {
        shares.add(DeviceShare.whole("gpu" + gpu));
      }
      publisher.publish(
          AllocationEvent.hold(
              options.site(), node.name(), job.id(), now, shares, SimulatedNode.GPUS));
    }
  }

  private void end(SimulatedJob job, JobState state, Publisher publisher) {
    job.end(now);
    List<SimulatedNode> on = running.remove(job);
    if (on == null) {
      throw new IllegalStateException("job " + job.id() + " does not run");
    }
    for (SimulatedNode node : on) {
      publish(sample(node), publisher);
      node.takeBack(job);
      publisher.publish(AllocationEvent.release(options.site(), node.name(), job.id(), now));
    }
    publisher.publish(job.record(state));
  }

  /** How far it has come. */
  public long nowEpochMillis() {
    return now;
  }

  public long startEpochMillis() {
    return startEpochMillis;
  }

  // ---- truth

  public long readings() {
    return readings;
  }

  public int jobsRunning() {
    return running.size();
  }

  /** True energy of each job so far, mJ, by job id. */
  public Map<String, Long> trueMillijoules() {
    Map<String, Long> truth = new LinkedHashMap<>();
    jobs.forEach(job -> truth.put(job.id(), job.totalMillijoules()));
    return truth;
  }

  /** Of it, what a meter counted while it gave no readings, mJ, by job id. */
  public Map<String, Long> silentMillijoules() {
    Map<String, Long> truth = new LinkedHashMap<>();
    jobs.forEach(job -> truth.put(job.id(), job.silentMillijoules()));
    return truth;
  }

  /** True energy of each node: by its meter, or the sum of its devices without one, µJ. */
  public Map<String, Long> trueNodeMicrojoules() {
    Map<String, Long> truth = new LinkedHashMap<>();
    nodes.forEach(node -> truth.put(node.name(), node.measurableMicrojoules()));
    return truth;
  }

  /** What the site's meter has counted, µJ; 0 without one. */
  public long trueFacilityMicrojoules() {
    return meters == null ? 0 : meters.microjoules();
  }

  /**
   * Writes the true energy of each job, as CSV in joules. {@code energy_j} is its share of what the
   * nodes' meters counted ({@code node_j}), and of the devices of nodes without a meter; of it,
   * {@code silent_j} was counted by meters while they gave no readings.
   */
  public void writeTruth(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file, UTF_8)) {
      out.write(
          "site,job,user,project,start,end,energy_j,gpu_j,memory_j,storage_j,cpu_j,node_j,silent_j\n");
      CsvRow csv = new CsvRow(out, "\n");
      for (SimulatedJob job : jobs) {
        csv.text(options.site())
            .text(job.id())
            .text(job.plan().user().name())
            .text(job.plan().project())
            .exact(Instant.ofEpochMilli(job.startEpochMillis()).toString())
            .exact(
                job.endEpochMillis() < 0
                    ? ""
                    : Instant.ofEpochMilli(job.endEpochMillis()).toString())
            .exact(joules(job.totalMillijoules()))
            .exact(joules(job.millijoules(DeviceKind.GPU)))
            .exact(joules(job.millijoules(DeviceKind.MEMORY)))
            .exact(joules(job.millijoules(DeviceKind.STORAGE)))
            .exact(joules(job.millijoules(DeviceKind.CPU)))
            .exact(joules(job.millijoules(DeviceKind.NODE)))
            .exact(joules(job.silentMillijoules()))
            .end();
      }
    }
  }

  private static String joules(long millijoules) {
    return BigDecimal.valueOf(millijoules, 3).toPlainString();
  }
}
