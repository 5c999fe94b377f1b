// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlperfInferenceTest {
  @TempDir Path folder;

  @Test
  void real_meanPowerAndWorkAreAsPublished() throws IOException {
    Path real = TraceFolder.of("mlperf-inference-h200");
    TraceSet traces = Traces.find(real, ReplayOptions.DEFAULT);
    Recorded recorded = Recorded.of(traces);
    Map<String, JobRecord> jobs =
        traces.jobs().stream().collect(Collectors.toMap(JobRecord::job, job -> job));
    List<String> lines = Files.readAllLines(real.resolve("published_power.csv"));
    assertThat(jobs).hasSize(lines.size() - 1).hasSize(5);
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = List.of(line.split(",", -1));
      JobRecord job = requireNonNull(jobs.get(fields.getFirst()), fields.getFirst());
      assertThat(job.state()).isEqualTo(JobState.COMPLETED);
      double seconds = (job.span().endEpochMillis() - job.span().startEpochMillis()) / 1e3;
      double joules = joules(recorded, job);
      assertThat(joules / seconds / Double.parseDouble(fields.get(5)) - 1)
          .as("mean power of %s", job.job())
          .isCloseTo(0, within(3e-4));
      assertThat(job.work().amount() / seconds)
          .isCloseTo(
              Double.parseDouble(fields.get(3)), within(1e-6 * job.work().amount() / seconds));
      assertThat(fields.get(4)).isEqualToIgnoringCase(job.work().unit() + "/s");
    }
    JobRecord mixtral = requireNonNull(jobs.get("mixtral-8x7b/Offline"));
    JobRecord llama = requireNonNull(jobs.get("llama2-70b-99/Offline"));
    assertThat(mixtral.work().amount() / joules(recorded, mixtral)).isCloseTo(7.959, within(0.002));
    assertThat(llama.work().amount() / joules(recorded, llama)).isCloseTo(4.106, within(0.002));
    assertThat(mixtral.details().labels()).containsEntry("arch", "moe");
    assertThat(llama.details().labels())
        .containsEntry("arch", "dense")
        .containsEntry("phase", "infer");
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("--utc-offset"));
  }

  private static double joules(Recorded recorded, JobRecord job) {
    String node = recorded.nodesOf(job.job()).iterator().next();
    return recorded.joules(
        node, "meter", job.span().startEpochMillis(), job.span().endEpochMillis());
  }

  @Test
  void real_channelsAddUpToTheMeterAndToNoTotal() {
    TraceSet traces = Traces.find(TraceFolder.of("mlperf-inference-h200"), ReplayOptions.DEFAULT);
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.devicesOf("sut"))
        .extracting(Device::id)
        .containsExactly("meter", "meter-ch1", "meter-ch2", "meter-ch3");
    assertThat(recorded.devicesOf("sut"))
        .filteredOn(Device::countsInTotal)
        .containsExactly(Device.sensor("meter", DeviceKind.NODE));
    JobRecord job = traces.jobs().getFirst();
    double channels = 0;
    for (int channel = 1; channel <= 3; channel++) {
      channels +=
          recorded.joules(
              "sut",
              "meter-ch" + channel,
              job.span().startEpochMillis(),
              job.span().endEpochMillis());
    }
    assertThat(channels / joules(recorded, job)).isCloseTo(1, within(1e-6));
  }

  private static String line(String time, String watts) {
    return "Time,%s,Watts,%s,Volts,239.1,Amps,3.4,PF,0.96,Mark,m,Ch1,Watts,40,Ch2,Watts,60"
        .formatted(time, watts);
  }

  private static String entry(String key, String value) {
    return ":::MLLOG {\"key\": \"%s\", \"value\": %s, \"time_ms\": 0.1}".formatted(key, value);
  }

  private void run(Path runFolder, String... lines) throws IOException {
    Files.createDirectories(runFolder);
    Files.write(runFolder.resolve("spl.txt"), List.of(lines));
    Files.write(
        runFolder.resolve("mlperf_log_detail.txt"),
        List.of(
            "not for us",
            entry("power_begin", "\"07-24-2024 07:30:00.000\""),
            entry("power_end", "\"07-24-2024 07:31:00.000\""),
            entry("result_samples_per_second", "2.5"),
            ":::MLLOG {broken",
            entry("result_validity", "\"VALID\"")));
  }

  @Test
  void badLines_areRefusedAndNamed() throws IOException {
    run(
        folder.resolve("bert/Offline"),
        line("07-24-2024 07:30:00.000", "100"),
        "",
        line("24.7.2024", "100"),
        "Time,07-24-2024 07:30:02.000,Volts,239",
        line("07-24-2024 07:30:03.000", "Inf"),
        line("07-24-2024 07:30:04.000", "100.5"));
    TraceSet traces =
        Traces.find(
            folder, new ReplayOptions("lab", ZoneOffset.UTC, MlperfEdges.MEASURED, Map.of()));
    String file = "bert/Offline/spl.txt";
    assertThat(traces.notices())
        .containsExactly(
            file + ": 1 refused: Watts 'Inf' (line 5)",
            file + ": 1 refused: a blank line (line 2)",
            file + ": 1 refused: a line without Time (line 3)",
            file + ": 1 refused: a line without Watts (line 4)",
            "mlperf_log_detail.txt: 1 refused: an entry that is not JSON (line 5)");
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.power("sut", "meter").values()).containsExactly(100_000L, 100_500L);
    assertThat(recorded.power("sut", "meter-ch2").values())
        .containsExactly(60_000L, 60_000L, 60_000L);
    assertThat(traces.jobs().getFirst().work().amount()).isEqualTo(150);
    assertThat(traces.jobs().getFirst().work().unit()).isEqualTo("samples");
  }

  @Test
  void offset_movesTheMeterAndTheJob() throws IOException {
    run(folder.resolve("bert/Offline"), line("07-24-2024 07:30:00.000", "100"));
    TraceSet traces =
        Traces.find(
            folder,
            new ReplayOptions("lab", ZoneOffset.ofHours(-7), MlperfEdges.MEASURED, Map.of()));
    long expected = Instant.parse("2024-07-24T14:30:00Z").toEpochMilli();
    assertThat(traces.jobs().getFirst().span().startEpochMillis()).isEqualTo(expected);
    assertThat(Recorded.of(traces).power("sut", "meter")).containsOnlyKeys(expected);
    assertThat(traces.notices()).noneMatch(notice -> notice.contains("utc-offset"));
  }

  @Test
  void foldersOfASubmission_nameMachineBenchmarkAndScenario() throws IOException {
    String line = line("07-24-2024 07:30:00.000", "100");
    run(folder.resolve("H200x8/bert/Offline/performance/run_1"), line);
    run(
        folder.resolve("H200x8/bert/Server/performance/run_1"),
        line("07-24-2024 09:30:00.000", "100"));
    run(folder.resolve("B200x8/bert/Server/performance/run_1"), line);
    TraceSet traces =
        Traces.find(folder, new ReplayOptions("lab", null, MlperfEdges.MEASURED, Map.of()));
    assertThat(Recorded.of(traces).nodesOf("bert/Offline")).containsExactly("H200x8");
    assertThat(traces.nodes()).isEqualTo(2);
    assertThat(traces.jobs())
        .extracting(JobRecord::job)
        .containsExactlyInAnyOrder("bert/Offline", "bert/Server", "bert/Server~2");
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("is bert/Server~2"));
  }

  @Test
  void noDetail_leavesTheEnergyIdle() throws IOException {
    Path run = folder.resolve("bert/Offline");
    run(run, line("07-24-2024 07:30:00.000", "100"));
    Files.delete(run.resolve("mlperf_log_detail.txt"));
    TraceSet traces =
        Traces.find(
            folder, new ReplayOptions("lab", ZoneOffset.UTC, MlperfEdges.MEASURED, Map.of()));
    assertThat(traces.jobs()).isEmpty();
    assertThat(traces.readings()).isEqualTo(3);
    assertThat(traces.notices()).singleElement().asString().contains("spl.txt: no job");
  }

  /** Each power result has a run that finds the range of the meter, in a folder beside it. */
  @Test
  void rangingRuns_areNoJobsAndNoReadings() throws IOException {
    run(folder.resolve("S/bert/Offline/performance/run_1"), line("07-24-2024 07:30:00.000", "100"));
    run(folder.resolve("S/bert/Offline/performance/ranging"), line("07-24-2024 06:30:00.000", "1"));
    TraceSet traces =
        Traces.find(
            folder, new ReplayOptions("lab", ZoneOffset.UTC, MlperfEdges.MEASURED, Map.of()));
    assertThat(traces.jobs()).extracting(JobRecord::job).containsExactly("bert/Offline");
    assertThat(traces.readings()).isEqualTo(3);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("1 ranging runs left out"));
  }

  /** One run may be published under the benchmarks of two accuracies. */
  @Test
  void oneRunUnderTwoBenchmarks_isCountedOnce() throws IOException {
    String line = line("07-24-2024 07:30:00.000", "100");
    run(folder.resolve("S/bert-99/Offline"), line);
    run(folder.resolve("S/bert-99.9/Offline"), line);
    TraceSet traces = Traces.find(folder, ReplayOptions.DEFAULT);
    assertThat(traces.jobs()).extracting(JobRecord::job).containsExactly("bert-99.9/Offline");
    assertThat(traces.readings()).isEqualTo(3);
    assertThat(traces.notices())
        .anyMatch(
            notice -> notice.contains("bert-99/Offline/spl.txt: the same run as S/bert-99.9"));
  }

  @Test
  void runsOfOneSystemThatContradictEachOther_haveNodesOfTheirOwn() throws IOException {
    run(
        folder.resolve("S/bert/Offline"),
        line("07-24-2024 07:30:00.000", "100"),
        line("07-24-2024 07:31:00.000", "100"));
    run(
        folder.resolve("S/gptj/Server"),
        line("07-24-2024 07:30:30.000", "200"),
        line("07-24-2024 07:31:30.000", "200"));
    Recorded recorded = Recorded.of(Traces.find(folder, ReplayOptions.DEFAULT));
    assertThat(recorded.nodesOf("bert/Offline")).containsExactly("S.bert.Offline");
    assertThat(recorded.nodesOf("gptj/Server")).containsExactly("S.gptj.Server");
    assertThat(recorded.power("S.gptj.Server", "meter").values()).containsOnly(200_000L);
  }

  @Test
  void lastLineWithoutItsEnd_isNoReading() throws IOException {
    Path run = folder.resolve("bert/Offline");
    run(run, line("07-24-2024 07:30:00.000", "100"));
    Files.writeString(
        run.resolve("spl.txt"),
        line("07-24-2024 07:30:00.000", "100") + "\n" + "Time,07-24-2024 07:30:01.000,Watts,10");
    TraceSet traces = Traces.find(folder, ReplayOptions.DEFAULT);
    assertThat(Recorded.of(traces).power("sut", "meter").values()).containsExactly(100_000L);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("cut off within its Watts"));
  }

  private static InferenceWork work(String... keysAndValues) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, JsonNode> detail = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      detail.put(keysAndValues[i], json.readTree(keysAndValues[i + 1]));
    }
    return InferenceWork.of(detail, 10_000);
  }

  @Test
  void work_isTokensWhereThereAreTokens() throws IOException {
    String samples = "result_samples_per_second";
    String completed = "result_completed_samples_per_sec";
    assertThat(work(samples, "2", "result_tokens_per_second", "600"))
        .isEqualTo(new InferenceWork(6_000, "tokens"));
    assertThat(work(completed, "2", "result_completed_tokens_per_second", "700"))
        .isEqualTo(new InferenceWork(7_000, "tokens"));
    assertThat(work(samples, "2", "result_inferred_tokens_per_second", "138"))
        .isEqualTo(new InferenceWork(1_380, "tokens"));
    assertThat(work(completed, "2", "result_inferred_completed_tokens_per_second", "139"))
        .isEqualTo(new InferenceWork(1_390, "tokens"));
  }

  @Test
  void work_isSamplesOrQueriesElse() throws IOException {
    assertThat(work("result_samples_per_second", "2.5", "result_query_count", "1"))
        .isEqualTo(new InferenceWork(25, "samples"));
    assertThat(work("result_completed_samples_per_sec", "3", "result_query_count", "31"))
        .isEqualTo(new InferenceWork(30, "queries"));
    assertThat(work("result_query_count", "1024", "effective_samples_per_query", "1"))
        .as("SingleStream")
        .isEqualTo(new InferenceWork(1_024, "samples"));
    assertThat(work("result_query_count", "1024", "effective_samples_per_query", "8"))
        .as("MultiStream")
        .isEqualTo(new InferenceWork(8_192, "samples"));
    assertThat(work("result_query_count", "1024")).isEqualTo(new InferenceWork(1_024, "queries"));
    assertThat(work("result_90.00_percentile_latency_ns", "5")).isEqualTo(InferenceWork.UNKNOWN);
    assertThat(work("result_samples_per_second", "\"many\"")).isEqualTo(InferenceWork.UNKNOWN);
  }
}
