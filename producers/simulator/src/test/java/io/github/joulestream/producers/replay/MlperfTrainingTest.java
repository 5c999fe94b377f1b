// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjDoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlperfTrainingTest {
  private static final String REAL = "mlperf-training-smc";
  private static final long START = 1_700_000_000_000L;

  @TempDir Path folder;

  /** The reference figures are of this convention, to the last digit they are written with. */
  @Test
  void held_giveTheReferenceOfAllJobs() throws IOException {
    compareWithReference(
        MlperfEdges.HELD,
        (job, error) -> assertThat(error).as(job.job()).isCloseTo(0, within(1e-8)));
  }

  @Test
  void real_labelsAreOfTheBenchmarkTheLogAndTheSystem() throws IOException {
    TraceSet traces = Traces.find(TraceFolder.of(REAL), ReplayOptions.DEFAULT);
    assertThat(traces.jobs())
        .hasSize(14)
        .allSatisfy(
            job -> assertThat(job.details().labels()).containsKeys("phase", "batch", "gpu"));
    JobRecord lora =
        traces.jobs().stream().filter(job -> job.job().contains("lora")).findFirst().orElseThrow();
    assertThat(lora.details().labels())
        .containsEntry("model", "llama2-70b")
        .containsEntry("phase", "train")
        .containsEntry("batch", "64")
        .containsEntry("gpu", "NVIDIA H100-SXM5-80GB")
        .containsEntry("gpus", "512");
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
    TraceSet traces = Traces.find(real, new ReplayOptions(null, null, edges, Map.of()));
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
      long start = job.span().startEpochMillis();
      long stop = job.span().endEpochMillis();
      assertThat((stop - start) / 1e3).isCloseTo(Double.parseDouble(fields.get(5)), within(1e-9));
      double joules =
          nodes.stream().mapToDouble(node -> recorded.joules(node, "meter", start, stop)).sum();
      check.accept(job, joules / Double.parseDouble(fields.get(6)) - 1);
    }
  }

  /** Their formula, worked out here from the files, in its own way. */
  @Test
  void mlcommons_isTheirFormula_andBooksWhatWasMeasured() throws IOException {
    Path real = TraceFolder.of(REAL);
    TraceSet traces =
        Traces.find(real, new ReplayOptions(null, null, MlperfEdges.MLCOMMONS, Map.of()));
    assertThat(traces.readings()).isEqualTo(Traces.find(real, ReplayOptions.DEFAULT).readings());
    assertThat(traces.jobs()).hasSize(14);
    double widest = 0;
    for (JobRecord job : traces.jobs()) {
      String[] names = job.job().split("/");
      double seconds = (job.span().endEpochMillis() - job.span().startEpochMillis()) / 1e3;
      double expected = 0;
      double interconnect = 0;
      Path power = real.resolve(names[0]).resolve(names[1]).resolve("power").resolve(names[2]);
      try (Stream<Path> files = Files.list(power)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.startsWith("node_")) {
            expected += formula(Files.readAllLines(file)) * seconds;
          } else if (name.startsWith("sw_")) {
            interconnect += value(Files.readString(file)) * seconds;
          }
        }
      }
      BenchmarkFigures figures = (BenchmarkFigures) requireNonNull(traces.figures().get(job.job()));
      assertThat(figures.mlcommonsJoules().getAsDouble() / (expected + interconnect))
          .as(job.job())
          .isCloseTo(1, within(1e-9));
      assertThat(figures.interconnectJoules().orElse(0)).isCloseTo(interconnect, within(1e-3));
      assertThat(figures.conversionEfficiency()).isEqualTo("1");
      widest = Math.max(widest, interconnect / expected);
    }
    assertThat(widest).as("the interconnect is no small thing").isGreaterThan(0.1);
  }

  private static final Pattern NUMBER = Pattern.compile("\"(time_ms|value)\": ?(\\d+)");

  private static long value(String line) {
    return number(line, "value");
  }

  private static long number(String line, String key) {
    Matcher matcher = NUMBER.matcher(line);
    while (matcher.find()) {
      if (matcher.group(1).equals(key)) {
        return Long.parseLong(matcher.group(2));
      }
    }
    throw new AssertionError(line);
  }

  /** Mean power by right-hand sums over the whole log, W. */
  private static double formula(List<String> lines) {
    long start =
        lines.stream()
            .filter(line -> line.contains("power_measurement_start"))
            .mapToLong(line -> number(line, "time_ms"))
            .findFirst()
            .orElseThrow();
    List<String> readings =
        lines.stream()
            .filter(line -> line.contains("power_reading"))
            .sorted(Comparator.comparingLong(line -> number(line, "time_ms")))
            .toList();
    long before = start;
    double sum = 0;
    for (String reading : readings) {
      sum += (double) value(reading) * (number(reading, "time_ms") - before);
      before = number(reading, "time_ms");
    }
    long stop =
        lines.stream()
            .filter(line -> line.contains("power_measurement_stop"))
            .mapToLong(line -> number(line, "time_ms"))
            .filter(time -> time > start)
            .findFirst()
            .orElse(before);
    return sum / (stop - start);
  }

  /** Two runs of a system on different machines at one time, made from one by moving it. */
  @Test
  void overlappingRunsOfOneSystem_areEachRight() throws IOException {
    Path real = TraceFolder.of(REAL);
    Path system = Path.of("8xSMC-H100-SXM-80GB", "resnet");
    String run = "result_4960-240510001147906047118_1";
    String other = "result_4960-240510001147906047118_2";
    long starts =
        number(
            Files.readAllLines(real.resolve(system).resolve(other + ".lifecycle.txt")).stream()
                .filter(line -> line.contains("run_start"))
                .findFirst()
                .orElseThrow(),
            "time_ms");
    // the other run begins 60 s after this one
    copy(real.resolve(system), run, 0);
    copy(real.resolve(system), other, 1_715_275_138_951L + 60_000 - starts);
    TraceSet traces = find(MlperfEdges.HELD);
    assertThat(traces.nodes()).isEqualTo(16);
    assertThat(traces.notices())
        .anyMatch(notice -> notice.contains("2 runs have different readings at the same time"));
    Recorded recorded = Recorded.of(traces);
    for (String line : Files.readAllLines(real.resolve("reference_energy.csv"))) {
      String[] fields = line.split(",", -1);
      if (!fields[2].equals(run) && !fields[2].equals(other)) {
        continue;
      }
      JobRecord job =
          traces.jobs().stream()
              .filter(each -> each.job().endsWith(fields[2]))
              .findFirst()
              .orElseThrow();
      Set<String> nodes = recorded.nodesOf(job.job());
      assertThat(nodes).hasSize(8).contains("8xSMC-H100-SXM-80GB.resnet." + fields[2] + ".node_3");
      double joules =
          nodes.stream()
              .mapToDouble(node ->
                  recorded.joules(
                      node, "meter", job.span().startEpochMillis(), job.span().endEpochMillis()))
              .sum();
      assertThat(joules / Double.parseDouble(fields[6])).isCloseTo(1, within(5e-4));
    }
  }

  /** Copies a run into the test's folder, its times moved. */
  private void copy(Path from, String run, long moveMillis) throws IOException {
    Path to = folder.resolve("8xSMC-H100-SXM-80GB").resolve("resnet");
    Files.createDirectories(to.resolve("power").resolve(run));
    List<Path> files = new ArrayList<>(List.of(Path.of(run + ".lifecycle.txt")));
    try (Stream<Path> power = Files.list(from.resolve("power").resolve(run))) {
      power.forEach(file -> files.add(from.relativize(file)));
    }
    for (Path file : files) {
      String moved =
          Pattern.compile("(\"time_ms\": ?)(\\d+)")
              .matcher(Files.readString(from.resolve(file)))
              .replaceAll(match -> match.group(1) + (Long.parseLong(match.group(2)) + moveMillis));
      Files.writeString(to.resolve(file), moved);
    }
  }

  @Test
  void jobs_sayWhoAndWhatAndHowItEnded() {
    TraceSet traces = Traces.find(TraceFolder.of(REAL), ReplayOptions.DEFAULT);
    assertThat(traces.site()).isEqualTo(REAL);
    assertThat(traces.jobs())
        .allSatisfy(job -> {
          assertThat(job.state()).isEqualTo(JobState.COMPLETED);
          assertThat(job.details().user()).isEqualTo("Sustainable Metal Cloud");
        });
    JobRecord lora =
        traces.jobs().stream()
            .filter(job -> job.job().endsWith("result_5730-240516232429153071029_3"))
            .findFirst()
            .orElseThrow();
    assertThat(lora.details().project()).isEqualTo("llama2_70b_lora");
    assertThat(lora.work().amount()).isEqualTo(6912);
    assertThat(lora.work().unit()).isEqualTo("samples");
    assertThat(traces.nodes()).isEqualTo(1 + 64 + 8 + 9);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("total_power.txt: left out"));
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
    return Traces.find(folder, new ReplayOptions("lab", null, edges, Map.of()));
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
    assertThat(job.work().amount()).isEqualTo(640);
    assertThat(job.span().startEpochMillis()).isEqualTo(START);
    assertThat(job.span().endEpochMillis()).isEqualTo(START + 10_000);
  }

  @Test
  void noLifecycle_leavesTheEnergyIdle() throws IOException {
    Path power = benchmark().resolve("power").resolve("result_1");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START, "100")));
    TraceSet traces = find(MlperfEdges.HELD);
    assertThat(traces.jobs()).isEmpty();
    assertThat(traces.readings()).isEqualTo(1);
    assertThat(traces.notices()).singleElement().asString().contains("no job", "energy is idle");
  }

  @Test
  void held_winOverAReadingOfTheSameMoment() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(
        power.resolve("node_0.txt"),
        List.of(
            reading(START - 60_000, "100"),
            reading(START, "500"),
            reading(START + 5_000, "500"),
            reading(START + 60_000, "200")));
    assertThat(Recorded.of(find(MlperfEdges.HELD)).power("2xTEST.node_0", "meter"))
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
  void held_areNotPlacedWhereNothingWasMeasured() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(power.resolve("node_0.txt"), List.of(reading(START - 86_400_000, "100")));
    TraceSet traces = find(MlperfEdges.HELD);
    assertThat(traces.readings()).isEqualTo(1);
    assertThat(traces.notices())
        .singleElement()
        .asString()
        .endsWith("node_0.txt: no reading between the job's start and end");
  }

  // ---- runs under one name

  private Path anotherRun(String name, long start, String... readings) throws IOException {
    Path benchmark = benchmark();
    Path power = benchmark.resolve("power").resolve(name);
    Files.createDirectories(power);
    Files.write(
        benchmark.resolve(name + ".txt"),
        List.of(
            event("run_start", start, ""),
            event("run_stop", start + 10_000, "\"status\": \"success\"")));
    Files.write(power.resolve("node_0.txt"), List.of(readings));
    return power;
  }

  private static String[] steady(long from, long to, String watts) {
    return LongStream.rangeClosed(from / 1_000, to / 1_000)
        .mapToObj(second -> reading(second * 1_000, watts))
        .toArray(String[]::new);
  }

  @Test
  void runsOneAfterTheOther_areOfOneMachine() throws IOException {
    anotherRun("result_1", START, steady(START, START + 20_000, "100"));
    anotherRun("result_2", START + 60_000, steady(START + 60_000, START + 80_000, "200"));
    assertThat(find(MlperfEdges.MEASURED).nodes()).isEqualTo(1);
    assertThat(find(MlperfEdges.MEASURED).notices()).isEmpty();
  }

  /**
   * The log of a run often begins before that of the run before it ends: it says the same twice.
   */
  @Test
  void logsThatSayTheSameWhereTheyOverlap_areOfOneMachine() throws IOException {
    anotherRun("result_1", START, steady(START, START + 20_000, "100"));
    anotherRun("result_2", START + 15_000, steady(START + 12_000, START + 30_000, "100"));
    TraceSet traces = find(MlperfEdges.HELD);
    assertThat(traces.nodes()).isEqualTo(1);
    assertThat(traces.jobs()).hasSize(2);
  }

  @Test
  void logsThatContradictEachOther_areOfDifferentMachines_andOthersKeepTheirName()
      throws IOException {
    anotherRun("result_1", START, steady(START, START + 20_000, "100"));
    anotherRun("result_2", START + 15_000, steady(START + 20_000, START + 30_000, "101"));
    anotherRun("result_3", START + 90_000, steady(START + 90_000, START + 100_000, "300"));
    TraceSet traces = find(MlperfEdges.MEASURED);
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.nodesOf("2xTEST/bert/result_1"))
        .containsExactly("2xTEST.bert.result_1.node_0");
    assertThat(recorded.nodesOf("2xTEST/bert/result_2"))
        .containsExactly("2xTEST.bert.result_2.node_0");
    assertThat(recorded.nodesOf("2xTEST/bert/result_3")).containsExactly("2xTEST.node_0");
    assertThat(recorded.power("2xTEST.bert.result_1.node_0", "meter").values())
        .containsOnly(100_000L);
    assertThat(traces.notices()).singleElement().asString().contains("2 runs", "result_2");
  }

  /** Readings of two machines need not be of the same moments. */
  @Test
  void logsOfOneTimeWithoutAMomentInCommon_areOfDifferentMachines() throws IOException {
    anotherRun("result_1", START, steady(START, START + 20_000, "100"));
    anotherRun(
        "result_2",
        START,
        reading(START + 500, "100"),
        reading(START + 1_500, "100"),
        reading(START + 9_500, "100"));
    assertThat(find(MlperfEdges.MEASURED).nodes()).isEqualTo(2);
  }

  @Test
  void oneRunUnderTwoNames_isCountedOnce() throws IOException {
    anotherRun("result_1", START, steady(START, START + 20_000, "100"));
    anotherRun("result_2", START, steady(START, START + 20_000, "100"));
    TraceSet traces = find(MlperfEdges.MEASURED);
    assertThat(traces.readings()).isEqualTo(21);
    assertThat(traces.jobs()).extracting(JobRecord::job).containsExactly("2xTEST/bert/result_1");
    assertThat(traces.notices())
        .singleElement()
        .asString()
        .contains("result_2: the same run as", "counted once");
  }

  @Test
  void longNames_fitIntoAKeyAndStayApart() {
    String long1 = "x".repeat(300) + "1";
    String long2 = "x".repeat(300) + "2";
    assertThat(NodeNames.fitting(long1)).hasSize(200).isNotEqualTo(NodeNames.fitting(long2));
    assertThat(NodeNames.fitting("short.node_1")).isEqualTo("short.node_1");
  }

  // ---- MLCommons' formula

  private BenchmarkFigures figures(String... lines) throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(power.resolve("node_0.txt"), List.of(lines));
    TraceSet traces = find(MlperfEdges.MLCOMMONS);
    return (BenchmarkFigures) requireNonNull(traces.figures().get("2xTEST/bert/result_1"));
  }

  private static String entry(String key, long time, String value) {
    return ":::MLLOG {\"time_ms\": %d, \"key\": \"%s\", \"value\": %s, \"metadata\": {}}"
        .formatted(time, key, value);
  }

  /** 100 W for 4 s and 400 W for 1 s to their right; 8 s of log; a run of 10 s; factor 1.1. */
  @Test
  void formula_countsEachValueFromTheEntryBeforeIt_scaled_timesEfficiency() throws IOException {
    BenchmarkFigures figures =
        figures(
            entry("conversion_eff", START, "1.1"),
            reading(START + 3_000, "400"),
            entry("power_measurement_start", START - 2_000, "null"),
            reading(START + 2_000, "100"),
            reading(START - 5_000, "9999"),
            entry("power_measurement_stop", START + 6_000, "null"),
            reading(START + 7_000, "9999"));
    assertThat(figures.mlcommonsJoules().getAsDouble())
        .isCloseTo(1.1 * (400 + 400) / 8 * 10, within(1e-9));
    assertThat(figures.conversionEfficiency()).isEqualTo("1.1");
    assertThat(figures.interconnectJoules()).isEmpty();
  }

  @Test
  void formula_ofALogWhoseStopIsItsStart_endsAtTheLastReading() throws IOException {
    BenchmarkFigures figures =
        figures(
            entry("power_measurement_start", START, "null"),
            reading(START + 4_000, "100"),
            entry("power_measurement_stop", START, "null"));
    assertThat(figures.mlcommonsJoules().getAsDouble()).isCloseTo(1_000, within(1e-9));
    assertThat(find(MlperfEdges.MLCOMMONS).notices())
        .anyMatch(notice -> notice.contains("power_measurement_stop is not after its start"));
  }

  @Test
  void formula_withoutAStart_hasNoFigure_andOtherModesDoNotAskForIt() throws IOException {
    assertThat(figures(reading(START, "100"), reading(START + 5_000, "100")).mlcommonsJoules())
        .isEmpty();
    assertThat(find(MlperfEdges.MLCOMMONS).notices())
        .anyMatch(notice -> notice.contains("formula gives no figure"));
    assertThat(find(MlperfEdges.MEASURED).notices()).isEmpty();
  }

  @Test
  void interconnect_isSaidInEveryMode_andBookedInNone() throws IOException {
    Path power = run("result_1.txt", "success");
    Files.write(
        power.resolve("node_0.txt"),
        List.of(entry("power_measurement_start", START, "0"), reading(START + 10_000, "100")));
    Files.write(
        power.resolve("sw_0.txt"),
        List.of(
            entry("conversion_eff", START, "1.05"),
            entry("interconnect_power_est", START, "200"),
            entry("interconnect_power_est", START, "999")));
    Files.write(power.resolve("sw_1.txt"), List.of(entry("interconnect_power_est", START, "10")));
    for (MlperfEdges edges : MlperfEdges.values()) {
      TraceSet traces = find(edges);
      BenchmarkFigures figures =
          (BenchmarkFigures) requireNonNull(traces.figures().get("2xTEST/bert/result_1"));
      assertThat(figures.edges()).isEqualTo(edges);
      assertThat(figures.interconnectJoules().getAsDouble()).isCloseTo(2_200, within(1e-9));
      assertThat(figures.mlcommonsJoules().isPresent()).isEqualTo(edges == MlperfEdges.MLCOMMONS);
      assertThat(Recorded.of(traces).devicesOf("2xTEST.node_0")).hasSize(1);
      assertThat(traces.nodes()).isEqualTo(1);
    }
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
    // what the job was given and gave back is known before its readings; and at the end all is
    assertThat(recorded.flushes).isEqualTo(2);
    assertThat(recorded.jobs)
        .extracting(JobRecord::state)
        .containsExactly(JobState.RUNNING, JobState.COMPLETED);
    assertThat(recorded.jobs.getFirst().span().endEpochMillis()).isEqualTo(JobSpan.OPEN);
    assertThat(recorded.allocations)
        .extracting(AllocationEvent::node, AllocationEvent::action, AllocationEvent::atEpochMillis)
        .containsExactlyInAnyOrder(
            tuple("2xTEST.node_0", AllocationEvent.Action.HOLD, START),
            tuple("2xTEST.node_1", AllocationEvent.Action.HOLD, START),
            tuple("2xTEST.node_0", AllocationEvent.Action.RELEASE, START + 10_000),
            tuple("2xTEST.node_1", AllocationEvent.Action.RELEASE, START + 10_000));
    assertThat(recorded.allocations.getFirst().shares().nodeBasisPoints()).isEqualTo(10_000);
    // 4 batches of 50 rows each, two of them before the run
    assertThat(recorded.batches).hasSize(8);
    assertThat(recorded.all.subList(0, 4)).isEqualTo(recorded.batches.subList(0, 4));
    assertThat(recorded.all.subList(4, 8)).isEqualTo(recorded.allocations);
    assertThat(recorded.all.subList(8, 10)).isEqualTo(recorded.jobs);
    assertThat(
            recorded.batches.stream()
                .filter(batch -> batch.node().equals("2xTEST.node_1"))
                .map(batch -> batch.sequence()))
        .containsExactly(0L, 1L, 2L, 3L);
  }

  /** Of a folder of months only the next allocations are out: accounts remember each of them. */
  @Test
  void allocations_areTakenBeforeTheReadingsOfTheirTime_andNotAllAtOnce() throws IOException {
    int runs = 30;
    int seconds = 1_500;
    for (int run = 0; run < runs; run++) {
      long start = START + run * 86_400_000L;
      anotherRun("result_" + run, start, steady(start, start + seconds * 1_000L, "100"));
    }
    Recorded recorded = new Recorded();
    List<Integer> takenAt = new ArrayList<>();
    find(MlperfEdges.MEASURED)
        .publish(recorded, _ -> {}, () -> false, () -> takenAt.add(recorded.allocations.size()));
    assertThat(recorded.allocations).hasSize(2 * runs);
    assertThat(takenAt).hasSizeBetween(3, 4).isSorted().last().isEqualTo(2 * runs);
    int readings = 0;
    int allocations = 0;
    int furthest = 0;
    for (Object each : recorded.all) {
      if (each instanceof AllocationEvent) {
        allocations++;
      } else if (each instanceof TelemetryBatch batch) {
        readings += batch.readings();
        // everything up to this run and some more is known
        int due = 2 * (1 + (readings - 1) / (seconds + 1));
        assertThat(allocations).isGreaterThanOrEqualTo(due);
        furthest = Math.max(furthest, allocations - due);
      }
    }
    assertThat(furthest).isBetween(20, 2 * 20_000 / seconds + 2);
  }

  @Test
  void publishedAgain_everythingIsTheSame_andOtherReadingsAreAnotherEpoch() throws IOException {
    Path power = run("result_1.txt", "success");
    Path log = power.resolve("node_0.txt");
    Files.write(log, List.of(reading(START, "100"), reading(START + 1_000, "200")));
    Recorded first = Recorded.of(find(MlperfEdges.MEASURED));
    assertThat(Recorded.of(find(MlperfEdges.MEASURED)).all).isEqualTo(first.all);
    long epoch = first.batches.getFirst().agentEpoch();
    assertThat(Recorded.of(find(MlperfEdges.HELD)).batches.getFirst().agentEpoch())
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
    boolean all =
        find(MlperfEdges.MEASURED).publish(recorded, _ -> {}, () -> !recorded.all.isEmpty());
    assertThat(all).isFalse();
    assertThat(recorded.all).hasSize(1);
    assertThat(recorded.flushes).isEqualTo(1);
  }
}
