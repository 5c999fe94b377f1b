// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteSimulatorTest {
  private static final long START = 1_700_000_000_000L;
  // the node whose meter falls silent
  private static final String SILENT = "node-006";
  private static final SimulationOptions SITE = new SimulationOptions("site", 10, 5);

  @TempDir Path folder;

  /** Keeps what is published. */
  private static final class Recorder implements Publisher {
    final List<TelemetryBatch> batches = new ArrayList<>();
    final List<AllocationEvent> allocations = new ArrayList<>();
    final Map<String, JobRecord> jobs = new HashMap<>();
    final Map<String, NodeRecord> nodes = new HashMap<>();

    @Override
    public void publish(TelemetryBatch batch) {
      batches.add(batch);
    }

    @Override
    public void publish(AllocationEvent event) {
      allocations.add(event);
    }

    @Override
    public void publish(JobRecord job) {
      jobs.put(job.job(), job);
    }

    @Override
    public void publish(NodeRecord node) {
      nodes.put(node.node(), node);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static Recorder run(SiteSimulator simulator, long millis, long chunkMillis) {
    Recorder recorder = new Recorder();
    for (long now = 0; now < millis; now += chunkMillis) {
      simulator.advanceTo(START + Math.min(millis, now + chunkMillis), recorder);
    }
    simulator.finish(recorder);
    return recorder;
  }

  @Test
  void equalSeeds_makeEqualSites_howeverTheyAreAdvanced() {
    Recorder once = run(new SiteSimulator(SITE, START), 120_000, 120_000);
    Recorder inSteps = run(new SiteSimulator(SITE, START), 120_000, 700);
    assertThat(inSteps.batches).isEqualTo(once.batches);
    assertThat(inSteps.allocations).isEqualTo(once.allocations);
    assertThat(inSteps.jobs).isEqualTo(once.jobs);
    Recorder other =
        run(new SiteSimulator(new SimulationOptions("site", 10, 6), START), 120_000, 120_000);
    assertThat(other.batches).isNotEqualTo(once.batches);
  }

  /** What it publishes, attributed by the energy module, is what it says it drew. */
  @Test
  void theTruth_isWhatFollowsFromWhatItPublishes() {
    SiteSimulator simulator = new SiteSimulator(SITE, START);
    Recorder recorder = run(simulator, 1_200_000, 10_000);

    assertThat(recorder.nodes.keySet())
        .isEqualTo(recorder.batches.stream().map(TelemetryBatch::node).collect(toSet()));
    assertThat(recorder.nodes.values().stream().map(node -> node.labels().get("rack")).distinct())
        .hasSize(3); // of ten nodes

    Map<String, NodeAccount> nodes = new HashMap<>();
    Map<String, Long> booked = new TreeMap<>();
    Map<String, Long> bookedOfNodes = new TreeMap<>();
    long facility = 0;
    for (AllocationEvent event : recorder.allocations) {
      Increments books = new Increments();
      nodes
          .computeIfAbsent(event.node(), _ -> new NodeAccount(Limits.DEFAULT))
          .accept(edge(event), (_, _) -> List.of(), books);
    }
    for (TelemetryBatch batch : recorder.batches) {
      Increments books = new Increments();
      nodes
          .computeIfAbsent(batch.node(), _ -> new NodeAccount(Limits.DEFAULT))
          .accept(
              batch.agentEpoch(),
              batch.sequence(),
              new Arrival(START + 1_300_000, batch.devices()),
              (_, _) -> List.of(),
              books);
      books.forEachJob((job, _, totals) ->
          booked.merge(job, totals.get(JobAmount.TOTAL_MILLIJOULES), Long::sum));
      for (Totals<SiteAmount> totals : books.site().values()) {
        bookedOfNodes.merge(
            batch.node(), totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES), Long::sum);
        facility += totals.get(SiteAmount.FACILITY_MILLIJOULES);
      }
    }

    // each device rounds on its own, per window
    simulator
        .trueNodeMicrojoules()
        .forEach((node, microjoules) -> {
          long millijoules = bookedOfNodes.getOrDefault(node, 0L);
          if (node.equals(SILENT)) {
            // what its meter counted while it said nothing may be booked by its parts
            assertThat(millijoules).isBetween(microjoules / 2_000, microjoules / 1_000 + 1_000);
          } else {
            assertThat(millijoules * 1_000.0)
                .as(node)
                .isCloseTo((double) microjoules, within(1e-6 * microjoules));
          }
        });
    assertThat(facility).isCloseTo(simulator.trueFacilityMicrojoules() / 1_000, within(1_000L));

    Map<String, Long> truth = simulator.trueMillijoules();
    assertThat(booked.keySet()).isSubsetOf(truth.keySet());
    Map<String, Long> silent = simulator.silentMillijoules();
    assertThat(silent.values()).anyMatch(millijoules -> millijoules > 0);
    List<Double> errors = new ArrayList<>();
    truth.forEach((job, millijoules) -> {
      JobRecord record = Objects.requireNonNull(recorder.jobs.get(job), job);
      long seconds = (record.span().endEpochMillis() - record.span().startEpochMillis()) / 1_000;
      if (seconds >= 60 && silent.getOrDefault(job, 0L) == 0) {
        double error = Math.abs((double) booked.getOrDefault(job, 0L) / millijoules - 1);
        // at each end, the second between two samples is shared by time
        assertThat(error).as(record.toString()).isLessThan(1.0 / seconds);
        errors.add(error);
      }
    });
    assertThat(errors).hasSizeGreaterThan(40);
    assertThat(errors.stream().sorted().toList().get(errors.size() / 2)).isLessThan(0.0005);
  }

  private static AllocationEdge edge(AllocationEvent event) {
    return new AllocationEdge(
        event.job(),
        event.action() == AllocationEvent.Action.HOLD,
        event.atEpochMillis(),
        event.devices().stream()
            .collect(Collectors.toMap(DeviceShare::deviceId, DeviceShare::basisPoints)),
        event.shares().memoryBasisPoints(),
        event.shares().storageBasisPoints(),
        event.shares().cpuBasisPoints(),
        event.shares().nodeBasisPoints(),
        event.gpusOnNode(),
        AllocationEdge.By.HOOK,
        START + 1_300_000);
  }

  @Test
  void everyJob_ends_andIsInTheTableOfTruth() throws Exception {
    SiteSimulator simulator = new SiteSimulator(SITE, START);
    Recorder recorder = run(simulator, 300_000, 10_000);
    assertThat(recorder.jobs.values()).allMatch(job -> job.state().ended());
    assertThat(recorder.jobs.values().stream().map(job -> job.details().user()).distinct().count())
        .isGreaterThan(3);
    Path file = folder.resolve("truth.csv");
    simulator.writeTruth(file);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(recorder.jobs.size() + 1);
    assertThat(lines.getFirst())
        .isEqualTo(
            "site,job,user,project,start,end,energy_j,gpu_j,memory_j,storage_j,cpu_j,node_j,silent_j");
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      double[] joules = Arrays.stream(fields).skip(6).mapToDouble(Double::parseDouble).toArray();
      double parts = joules[1] + joules[2] + joules[3] + joules[4];
      double node = joules[5];
      if (node == 0) {
        // total = sum of the kinds, up to a millijoule each for rounding
        assertThat(joules[0]).as(line).isCloseTo(parts, within(0.004));
      } else {
        // a node is shared by the GPUs that are held, whatever these draw
        assertThat(joules[0]).as(line).isGreaterThanOrEqualTo(node);
      }
      assertThat(joules[6]).as(line).isLessThanOrEqualTo(node);
    }
  }

  @Test
  void withoutMeters_aJobIsTheSumOfItsParts() throws Exception {
    SiteSimulator simulator = new SiteSimulator(SITE.withMeters(false), START);
    Recorder recorder = run(simulator, 60_000, 10_000);
    assertThat(recorder.batches)
        .flatExtracting(TelemetryBatch::devices)
        .extracting(series -> series.device().kind())
        .doesNotContain(DeviceKind.NODE, DeviceKind.FACILITY);
    assertThat(recorder.batches)
        .flatExtracting(TelemetryBatch::devices)
        .allMatch(series -> series.device().countsInTotal());
    Path file = folder.resolve("truth.csv");
    simulator.writeTruth(file);
    assertThat(Files.readAllLines(file).stream().skip(1))
        .allMatch(line -> line.endsWith(",0.000,0.000"));
    assertThat(simulator.trueFacilityMicrojoules()).isZero();
  }

  @Test
  void jobsThatRunAtTheEnd_areLeftRunning_orCancelledIfItIsSaidSo() {
    SiteSimulator leaving = new SiteSimulator(SITE.withEndsJobs(false), START);
    Recorder left = run(leaving, 90_000, 10_000);
    List<String> stillRunning =
        left.jobs.values().stream()
            .filter(job -> job.state() == JobState.RUNNING)
            .map(JobRecord::job)
            .toList();
    assertThat(stillRunning).hasSize(leaving.jobsRunning()).hasSizeGreaterThan(10);
    assertThat(left.allocations)
        .filteredOn(event -> event.action() == AllocationEvent.Action.RELEASE)
        .extracting(AllocationEvent::job)
        .doesNotContainAnyElementsOf(stillRunning);

    Recorder ended = run(new SiteSimulator(SITE, START), 90_000, 10_000);
    assertThat(stillRunning).allMatch(job -> stateOf(ended, job) == JobState.CANCELLED);
    left.jobs.forEach((job, record) -> {
      if (record.state().ended()) {
        assertThat(stateOf(ended, job)).isEqualTo(record.state());
      }
    });
  }

  @Test
  void countedJobs_areAllSubmittedWithinAnHour_andBeginWhenThereIsRoom() {
    for (long seed = 1; seed <= 5; seed++) {
      SimulationOptions options = new SimulationOptions("site", 3, seed, 10, FaultRates.NONE);
      Recorder recorder = run(new SiteSimulator(options, START), 3_700_000, 10_000);
      assertThat(recorder.jobs).as("seed %d", seed).hasSize(10);
      assertThat(recorder.jobs.values())
          .filteredOn(job -> job.span().startEpochMillis() == START)
          .hasSize(3);
    }
    // more than there is room for at once
    SimulationOptions many = new SimulationOptions("site", 1, 1, 60, FaultRates.NONE);
    int begunSoon = run(new SiteSimulator(many, START), 600_000, 10_000).jobs.size();
    assertThat(begunSoon).isBetween(1, 20);
    assertThat(run(new SiteSimulator(many, START), 10_800_000, 10_000).jobs.size())
        .isGreaterThan(2 * begunSoon);
  }

  private static JobState stateOf(Recorder recorder, String job) {
    return Objects.requireNonNull(recorder.jobs.get(job), job).state();
  }
}
