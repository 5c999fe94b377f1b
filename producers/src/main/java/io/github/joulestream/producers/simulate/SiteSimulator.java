// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.publish.Publisher;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A site whose truth is known: nodes, jobs of several users and projects, and what each job really
 * draws. Pure: time goes as far as it is told, and equal options and starts make equal news. One
 * thread.
 */
public final class SiteSimulator {
  private static final int STEP = SimulatedNode.STEP_MILLIS;
  private static final long PROGRESS_MILLIS = 30_000;
  private static final double SHORTEST_SECONDS = 15;
  // of jobs that are counted
  private static final double SHORTEST_COUNTED_SECONDS = 120;
  private static final int SPREAD_SECONDS = 3_600;
  private static final double LONGEST_SECONDS = 7_200;
  private static final List<String> USERS =
      List.of("ada", "grace", "emmy", "lise", "chien-shiung", "maria", "rosalind", "vera");
  private static final List<String> PROJECTS =
      List.of("language", "protein", "climate", "vision", "speech");
  // an air-cooled rack has room and power for about four nodes of eight GPUs
  private static final int NODES_PER_RACK = 4;
  private static final int RACKS_PER_ROW = 10;
  private static final int[] SIZES = {1, 1, 2, 4, 8, 8};

  private final SimulationOptions options;
  private final SplittableRandom random;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedJob> jobs = new ArrayList<>();
  private final Map<SimulatedJob, Set<SimulatedNode>> running = new LinkedHashMap<>();
  private final long startEpochMillis;
  private long now;
  private long readings;
  private long milliwatts;
  private boolean finished;

  /**
   * @param startEpochMillis when it begins; rounded down to a second
   */
  public SiteSimulator(SimulationOptions options, long startEpochMillis) {
    this.options = options;
    this.startEpochMillis = Math.floorDiv(startEpochMillis, 1_000) * 1_000;
    this.now = this.startEpochMillis;
    this.random = new SplittableRandom(options.seed());
    for (int i = 0; i < options.nodes(); i++) {
      nodes.add(
          new SimulatedNode(options.site(), i, options.rowsPerBatch(), this.startEpochMillis));
    }
  }

  /** Lets the site run up to a time, and publishes what its agents and its scheduler say. */
  public void advanceTo(long epochMillis, Publisher publisher) {
    if (now == startEpochMillis && readings == 0) {
      for (int i = 0; i < nodes.size(); i++) {
        publisher.publish(described(i));
      }
      for (SimulatedNode node : nodes) {
        publish(node.sample(now), publisher);
      }
    }
    while (now + STEP <= epochMillis) {
      schedule(publisher);
      long sum = 0;
      for (SimulatedNode node : nodes) {
        sum += node.step(now, random);
      }
      milliwatts = sum;
      now += STEP;
      for (SimulatedNode node : nodes) {
        if (node.isDue(now)) {
          publish(node.sample(now), publisher);
        }
      }
    }
  }

  /** Ends all jobs here, and publishes what is left. */
  public void finish(Publisher publisher) {
    if (finished) {
      return;
    }
    finished = true;
    for (SimulatedNode node : nodes) {
      publish(node.sample(now), publisher);
      publish(node.batch(), publisher);
    }
    for (SimulatedJob job : List.copyOf(running.keySet())) {
      end(job, JobState.CANCELLED, publisher);
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
        end(job, random.nextInt(12) == 0 ? JobState.FAILED : JobState.COMPLETED, publisher);
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
      int begun =
          first ? options.jobs() / 3 : random.nextInt(SPREAD_SECONDS) < options.jobs() ? 1 : 0;
      for (int i = 0; i < begun && jobs.size() < options.jobs(); i++) {
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        if (!node.freeGpus().isEmpty()) {
          begin(node, publisher);
        }
      }
      return;
    }
    for (SimulatedNode node : nodes) {
      // a free node waits a few seconds for its next job; at the start most are taken
      int tries = first ? 3 : 1;
      for (int i = 0; i < tries; i++) {
        if (!node.freeGpus().isEmpty() && random.nextInt(first ? 10 : 40) < (first ? 8 : 3)) {
          begin(node, publisher);
        }
      }
    }
  }

  private void begin(SimulatedNode node, Publisher publisher) {
    int wanted = SIZES[random.nextInt(SIZES.length)];
    Set<SimulatedNode> on = new LinkedHashSet<>(List.of(node));
    if (wanted == 8 && random.nextInt(4) == 0) {
      // a large one takes other whole nodes too
      int more = 1 << random.nextInt(3);
      for (SimulatedNode other : nodes) {
        if (on.size() <= more && other.freeGpus().size() == SimulatedNode.GPUS) {
          on.add(other);
        }
      }
    }
    List<Integer> free = node.freeGpus();
    int perNode = Math.min(wanted, free.size());
    if (perNode < SimulatedNode.GPUS) {
      on = new LinkedHashSet<>(List.of(node));
    }
    double shortest = options.jobs() > 0 ? SHORTEST_COUNTED_SECONDS : SHORTEST_SECONDS;
    double seconds = shortest * Math.pow(LONGEST_SECONDS / shortest, random.nextDouble());
    // jobs begin and end when they like, not when agents sample
    long end = now + Math.round(seconds * options.longerJobs() * 1000 / STEP) * STEP;
    Shape shape =
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> Shape.TRAINING;
          case 4, 5, 6 -> Shape.INFERENCE;
          case 7, 8 -> Shape.FINE_TUNING;
          default -> Shape.HELD_IDLE;
        };
    int user = random.nextInt(USERS.size());
    SimulatedJob job =
        new SimulatedJob(
            options.site(),
            "%d-%d".formatted(startEpochMillis / 1_000, jobs.size() + 1),
            USERS.get(user),
            PROJECTS.get((user + random.nextInt(2)) % PROJECTS.size()),
            shape,
            perNode * on.size(),
            now,
            end,
            2_000 + 100L * random.nextInt(31),
            on.size());
    jobs.add(job);
    running.put(job, on);
    publisher.publish(job.record(JobState.RUNNING));
    for (SimulatedNode each : on) {
      publish(each.sample(now), publisher); // the hook tells the agent, which reads at once
      List<DeviceShare> shares = new ArrayList<>();
      for (int gpu : each.freeGpus().subList(0, perNode)) {
        each.give(gpu, job);
        shares.add(DeviceShare.whole("gpu" + gpu));
      }
      publisher.publish(
          AllocationEvent.hold(
              options.site(), each.name(), job.id(), now, shares, SimulatedNode.GPUS));
    }
  }

  private void end(SimulatedJob job, JobState state, Publisher publisher) {
    job.end(now);
    Set<SimulatedNode> on = running.remove(job);
    if (on == null) {
      throw new IllegalStateException("job " + job.id() + " does not run");
    }
    for (SimulatedNode node : on) {
      publish(node.sample(now), publisher);
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

  /** Power of the whole site in the last step, mW. */
  public long milliwatts() {
    return milliwatts;
  }

  /** What each job really drew so far, mJ, by job id. */
  public Map<String, Long> trueMillijoules() {
    Map<String, Long> truth = new LinkedHashMap<>();
    jobs.forEach(job -> truth.put(job.id(), job.totalMillijoules()));
    return truth;
  }

  /** Writes what each job really drew, as CSV in joules. */
  public void writeTruth(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file, UTF_8)) {
      out.write("site,job,user,project,start,end,energy_j,gpu_j,memory_j,storage_j,cpu_j\n");
      for (SimulatedJob job : jobs) {
        out.write(
            String.join(
                ",",
                options.site(),
                job.id(),
                job.user(),
                job.project(),
                Instant.ofEpochMilli(job.startEpochMillis()).toString(),
                job.endEpochMillis() < 0
                    ? ""
                    : Instant.ofEpochMilli(job.endEpochMillis()).toString(),
                joules(job.totalMillijoules()),
                joules(job.millijoules(DeviceKind.GPU)),
                joules(job.millijoules(DeviceKind.MEMORY)),
                joules(job.millijoules(DeviceKind.STORAGE)),
                joules(job.millijoules(DeviceKind.CPU))));
        out.write('\n');
      }
    }
  }

  private static String joules(long millijoules) {
    return BigDecimal.valueOf(millijoules, 3).toPlainString();
  }
}
