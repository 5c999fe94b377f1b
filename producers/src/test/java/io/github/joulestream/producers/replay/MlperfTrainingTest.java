// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ObjDoubleConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlperfTrainingTest {
  private static final String REAL = "mlperf-training-smc";
  private static final long START = 1_700_000_000_000L;

  @TempDir Path folder;

  /**
   * The benchmark's own figures are of this convention, to the last digit they are written with.
   */
  @Test
  void logEnds_giveTheReferenceOfAllJobs() throws IOException {
    compareWithReference(
        MlperfEdges.LOG_ENDS,
        (job, error) -> assertThat(error).as(job.job()).isCloseTo(0, within(1e-8)));
  }

  /**
   * What was measured around the edges is not the same where the log goes on beyond the run: there
   * the reference has the idle power of a minute before and after it at its edges.
   */
  @Test
  void measured_isNearTheReference_andTheSameWhereTheLogEndsInsideTheRun() throws IOException {
    compareWithReference(
        MlperfEdges.MEASURED,
        (job, error) ->
            assertThat(error)
                .as(job.job())
                .isCloseTo(0, within(job.job().startsWith("64x") ? 1e-9 : 5e-3)));
  }

  private static void compareWithReference(MlperfEdges edges, ObjDoubleConsumer<JobRecord> check)
      throws IOException {
    Path real = TraceFolder.of(REAL);
    TraceSet traces = Traces.find(real, new ReplayOptions(null, null, edges));
    Recorded recorded = Recorded.of(traces);
    List<String> lines = Files.readAllLines(real.resolve("reference_energy.csv"));
    assertThat(traces.jobs()).hasSize(lines.size() - 1).hasSize(14);
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = List.of(line.split(",", -1));
      String id = String.join("/", fields.subList(0, 3));
      JobRecord job =
          traces.jobs().stream().filter(each -> each.job().equals(id)).findFirst().orElseThrow();
      Set<String> nodes = recorded.nodesOf(id);
      assertThat(nodes).hasSize(Integer.parseInt(fields.get(3)));
      long start = job.startEpochMillis();
      long stop = job.endEpochMillis();
      assertThat((stop - start) / 1e3).isCloseTo(Double.parseDouble(fields.get(5)), within(1e-9));
      double joules =
          nodes.stream().mapToDouble(node -> recorded.joules(node, "meter", start, stop)).sum();
      check.accept(job, joules / Double.parseDouble(fields.get(6)) - 1);
    }
  }

  @Test
  void jobs_sayWhoAndWhatAndHowItEnded() {
    TraceSet traces = Traces.find(TraceFolder.of(REAL), ReplayOptions.DEFAULT);
    assertThat(traces.site()).isEqualTo(REAL);
    assertThat(traces.jobs())
        .allSatisfy(job -> {
          assertThat(job.state()).isEqualTo(JobState.COMPLETED);
          assertThat(job.user()).isEqualTo("Sustainable Metal Cloud");
        });
    JobRecord lora =
        traces.jobs().stream()
            .filter(job -> job.job().endsWith("result_5730-240516232429153071029_3"))
            .findFirst()
            .orElseThrow();
    assertThat(lora.project()).isEqualTo("llama2_70b_lora");
    assertThat(lora.work()).isEqualTo(6912);
    assertThat(lora.workUnit()).isEqualTo("samples");
    assertThat(traces.nodes()).isEqualTo(1 + 64 + 8 + 9);
    assertThat(traces.notices())
        .anyMatch(notice -> notice.contains("sw_0.txt: left out"))
        .anyMatch(notice -> notice.contains("total_power.txt: left out"));
  }

  @Test
  void node_isOneMeterForAllItsRuns() {
    Recorded recorded = Recorded.of(Traces.find(TraceFolder.of(REAL), ReplayOptions.DEFAULT));
    assertThat(recorded.devicesOf("1xSMC-H100-SXM-80GB.node_0"))
        .containsExactly(Device.sensor("meter", DeviceKind.NODE));
    assertThat(
            recorded.batches.stream()
                .filter(batch -> batch.node().startsWith("1x"))
                .map(batch -> batch.agentEpoch())
                .distinct())
        .as("epochs: only so many are remembered of a node")
        .hasSize(1);
  }

  // small logs, written here

  private static String reading(long time, String value) {
    return ":::MLLOG {\"time_ms\": %d, \"key\": \"power_reading\", \"value\": %s, \"metadata\": \"\"}"
        .formatted(time, value);
  }

  private static String event(String key, long time, String metadata) {
    return "0: :::MLLOG {\"time_ms\": %d, \"key\": \"%s\", \"value\": null, \"metadata\": {%s}}"
        .formatted(time, key, metadata);
  }

  private Path benchmark() throws IOException {
    Path benchmark = folder.resolve("2xTEST").resolve("bert");
    Files.createDirectories(benchmark.resolve("power").resolve("result_1"));
    return benchmark;
  }

  private Path run(String name, String status) throws IOException {
    Path benchmark = benchmark();
    Files.write(
        benchmark.resolve(name),
        List.of(
            "loading the model",
            event("run_start", START, ""),
            event("block_stop", START + 8_000, "\"samples_count\": 640"),
            event("run_stop", START + 10_000, "\"status\": \"" + status + "\"")));
    return benchmark.resolve("power").resolve("result_1");
  }

  private TraceSet find(MlperfEdges edges) {
    return Traces.find(folder, new ReplayOptions("lab", null, edges));
  }

  @Test
  void badLines_areRefusedAndNamed() throws IOException {
    Path power = run("result_1.lifecycle.txt", "success");
    Files.write(
        power.resolve("node_0.txt"),
        List.of(
            reading(START, "100"),
            "garbage",
            ":::MLLOG {\"time_ms\": ",
            ":::MLLOG {\"key\": \"power_reading\", \"value\": 5}",
            reading(START + 5_000, "\"null\""),
            reading(START + 10_000, "300")));
    TraceSet traces = find(MlperfEdges.MEASURED);
    assertThat(traces.readings()).isEqualTo(3);
    String file = "2xTEST/bert/power/result_1/node_0.txt";
    assertThat(traces.notices())
        .containsExactly(
            file + ": 1 refused: a line without :::MLLOG (line 2)",
            file + ": 1 refused: an entry that is not JSON (line 3)",
            file + ": 1 refused: an entry without key or time_ms (line 4)",
            file + ": 1 refused: power_reading of \"null\" (line 5)");
    Readings readings = Recorded.of(traces).batches.getFirst().devices().getFirst().readings();
    assertThat(readings.powerMilliwatts()).containsExactly(100_000, Readings.MISSING, 300_000);
  }

  @Test
  void bytesThatAreNotUtf8_areABadLineAndNoMore() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(power.resolve("node_0.txt"), new byte[] {(byte) 0xff, (byte) 0xfe, '\n'});
    Files.write(power.resolve("node_1.txt"), List.of(reading(START + 1, "100")));
    TraceSet traces = find(MlperfEdges.MEASURED);
    assertThat(traces.readings()).isEqualTo(1);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("node_0.txt: left out"));
  }

  @Test
  void wholeLogOfARun_isReadTooAndItsOtherLinesAreNoNews() throws IOException {
    Path power = run("result_1.txt", "aborted");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START, "100")));
    TraceSet traces = find(MlperfEdges.MEASURED);
    assertThat(traces.notices()).isEmpty();
    JobRecord job = traces.jobs().getFirst();
    assertThat(job.job()).isEqualTo("2xTEST/bert/result_1");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.work()).isEqualTo(640);
    assertThat(job.startEpochMillis()).isEqualTo(START);
    assertThat(job.endEpochMillis()).isEqualTo(START + 10_000);
  }

  @Test
  void noLifecycle_leavesTheEnergyIdle() throws IOException {
    Path power = benchmark().resolve("power").resolve("result_1");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START, "100")));
    TraceSet traces = find(MlperfEdges.LOG_ENDS);
    assertThat(traces.jobs()).isEmpty();
    assertThat(traces.readings()).isEqualTo(1);
    assertThat(traces.notices()).singleElement().asString().contains("no job", "energy is idle");
  }

  @Test
  void logEnds_winOverAReadingOfTheSameMoment() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(
        power.resolve("node_0.txt"),
        List.of(
            reading(START - 60_000, "100"),
            reading(START, "500"),
            reading(START + 5_000, "500"),
            reading(START + 60_000, "200")));
    assertThat(Recorded.of(find(MlperfEdges.LOG_ENDS)).power("2xTEST.node_0", "meter"))
        .containsEntry(START, 100_000L)
        .containsEntry(START + 5_000, 500_000L)
        .containsEntry(START + 10_000, 200_000L)
        .containsEntry(START + 60_000, 200_000L);
    assertThat(Recorded.of(find(MlperfEdges.MEASURED)).power("2xTEST.node_0", "meter"))
        .hasSize(4)
        .containsEntry(START, 500_000L);
  }

  /** A log of another day says nothing of this run; its ends must not become the run's power. */
  @Test
  void logEnds_areNotPlacedWhereNothingWasMeasured() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START - 86_400_000, "100")));
    TraceSet traces = find(MlperfEdges.LOG_ENDS);
    assertThat(traces.readings()).isEqualTo(1);
    assertThat(traces.notices())
        .singleElement()
        .asString()
        .endsWith("node_0.txt: no reading between the job's start and end");
  }

  @Test
  void publish_isInTheOrderOfTimeAndTheJobHoldsEveryNode() throws IOException {
    Path power = run("result_1.txt", "success");
    for (int node = 0; node < 2; node++) {
      List<String> lines = new ArrayList<>();
      for (int second = -100; second < 100; second++) {
        lines.add(reading(START + second * 1_000L, "400"));
      }
      Files.write(power.resolve("node_" + node + ".txt"), lines);
    }
    Recorded recorded = Recorded.of(find(MlperfEdges.MEASURED));
    // what the job was given and gave back is known before time goes on; and at the end
    assertThat(recorded.flushes).isEqualTo(2);
    assertThat(recorded.jobs)
        .extracting(JobRecord::state)
        .containsExactly(JobState.RUNNING, JobState.COMPLETED);
    assertThat(recorded.jobs.getFirst().endEpochMillis()).isEqualTo(JobRecord.OPEN);
    assertThat(recorded.allocations)
        .extracting(AllocationEvent::node, AllocationEvent::action, AllocationEvent::atEpochMillis)
        .containsExactlyInAnyOrder(
            tuple("2xTEST.node_0", AllocationEvent.Action.HOLD, START),
            tuple("2xTEST.node_1", AllocationEvent.Action.HOLD, START),
            tuple("2xTEST.node_0", AllocationEvent.Action.RELEASE, START + 10_000),
            tuple("2xTEST.node_1", AllocationEvent.Action.RELEASE, START + 10_000));
    assertThat(recorded.allocations.getFirst().nodeParts()).isEqualTo(10_000);
    // 4 batches of 50 rows each: two of them before the run, its news, then the others
    assertThat(recorded.batches).hasSize(8);
    assertThat(recorded.all.subList(0, 4)).isEqualTo(recorded.batches.subList(0, 4));
    assertThat(recorded.all.subList(4, 10)).doesNotContainAnyElementsOf(recorded.batches);
    assertThat(
            recorded.batches.stream()
                .filter(batch -> batch.node().equals("2xTEST.node_1"))
                .map(batch -> batch.sequence()))
        .containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void publishedAgain_everythingIsTheSame_andOtherReadingsAreAnotherEpoch() throws IOException {
    Path power = run("result_1.txt", "success");
    Path log = power.resolve("node_0.txt");
    Files.write(log, List.of(reading(START, "100"), reading(START + 1_000, "200")));
    Recorded first = Recorded.of(find(MlperfEdges.MEASURED));
    assertThat(Recorded.of(find(MlperfEdges.MEASURED)).all).isEqualTo(first.all);
    long epoch = first.batches.getFirst().agentEpoch();
    assertThat(Recorded.of(find(MlperfEdges.LOG_ENDS)).batches.getFirst().agentEpoch())
        .isNotEqualTo(epoch);
    Files.write(log, List.of(reading(START, "100"), reading(START + 1_000, "201")));
    assertThat(Recorded.of(find(MlperfEdges.MEASURED)).batches.getFirst().agentEpoch())
        .isNotEqualTo(epoch);
  }

  @Test
  void stop_endsItBetweenTwoBatches_andWhatWasPublishedIsFlushed() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START - 1, "100")));
    Recorded recorded = new Recorded();
    find(MlperfEdges.MEASURED).publish(recorded, _ -> {}, () -> !recorded.all.isEmpty());
    assertThat(recorded.all).hasSize(1);
    assertThat(recorded.flushes).isEqualTo(1);
  }
}
