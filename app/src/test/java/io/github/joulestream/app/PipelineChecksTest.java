// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Finding.Level;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.NodeRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // any constant
class PipelineChecksTest {
  private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  private static NodeRecord node(String name, long secondsAgo) {
    return node(name, secondsAgo, "1.2.3", 0);
  }

  private static NodeRecord node(String name, long secondsAgo, String version, long dropped) {
    return new NodeRecord(
        "east", name, NOW - secondsAgo * 1000, version, Map.of(), 0, dropped, List.of());
  }

  @Test
  void aProgramThatDoesNotRun_fails_andSaysHowToStartIt() {
    Finding stopped = PipelineChecks.program("joulestream-store-writer", 0, 1_234);
    assertThat(stopped.level()).isEqualTo(Level.FAIL);
    assertThat(stopped.text())
        .contains("does not run", "1,234 records", "joulestream store-writer");
    assertThat(PipelineChecks.program("joulestream", 0, 0).text()).contains("joulestream streams");
    assertThat(PipelineChecks.program("joulestream", 1, 1).text()).endsWith("1 record behind");
    assertThat(PipelineChecks.program("joulestream", 2, 10_000).level()).isEqualTo(Level.OK);
    assertThat(PipelineChecks.program("joulestream", 2, 10_001).level()).isEqualTo(Level.WARN);
  }

  @Test
  void freshness_isTheAgeOfTheNewestWindowOfEachSite() {
    var newest =
        new TreeMap<>(
            Map.of(
                "a", NOW - 15_000,
                "b", NOW - 121_000,
                "c", NOW - 601_000,
                "ahead", NOW + 5_000));
    List<Finding> findings = PipelineChecks.freshness(newest, List.of("a", "never"), NOW);
    assertThat(findings)
        .extracting(Finding::level)
        .containsExactly(Level.FAIL, Level.OK, Level.OK, Level.WARN, Level.FAIL);
    assertThat(findings.getFirst().text()).contains("no window of site never");
    assertThat(findings.getLast().text()).contains("site c", "2026-03-01T11:49:59Z", "10 min 1 s");
    assertThat(PipelineChecks.freshness(new TreeMap<>(), List.of("a"), NOW))
        .extracting(Finding::level)
        .containsExactly(Level.FAIL);
  }

  @Test
  void agentsThatAreSilent_areNamed_withTheTime() {
    List<Finding> findings =
        PipelineChecks.agents(List.of(node("n1", 10), node("n2", 181), node("n3", 4_000)), NOW);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().level()).isEqualTo(Level.FAIL);
    assertThat(findings.getFirst().text())
        .contains("2 of 3 are silent", "east/n3 (last heartbeat 2026-03-01T10:53:20Z)", "east/n2")
        .doesNotContain("n1");
    assertThat(PipelineChecks.agents(List.of(node("n1", 180)), NOW))
        .extracting(Finding::level)
        .containsExactly(Level.OK);
    assertThat(PipelineChecks.agents(List.of(), NOW).getFirst().level()).isEqualTo(Level.WARN);
  }

  @Test
  void simulatedNodes_haveNoAgentThatCouldBeSilent() {
    List<Finding> findings =
        PipelineChecks.agents(List.of(node("s1", 9_999, "simulated", 0), node("n", 5)), NOW);
    assertThat(findings).extracting(Finding::level).containsExactly(Level.OK);
    assertThat(findings.getFirst().text()).isEqualTo("1 publishes; 1 node is simulated");
  }

  @Test
  void agentsThatLostReadings_fail_andAThousandAreNotAllNamed() {
    List<NodeRecord> many =
        IntStream.range(0, 1_000).mapToObj(i -> node("n" + i, 1, "1", 3)).toList();
    List<Finding> findings = PipelineChecks.agents(many, NOW);
    assertThat(findings).extracting(Finding::level).containsExactly(Level.OK, Level.FAIL);
    assertThat(findings.getLast().text()).contains("1000 lost readings", "and 995 more");
  }

  @Test
  void gpusThatAgentsDoNotUnderstand_areNamed_withTheirJobs() {
    NodeRecord unclear =
        new NodeRecord(
            "east",
            "n7",
            NOW - 1_000,
            "1",
            Map.of(),
            0,
            0,
            List.of(),
            30,
            List.of("job 4711: '2'", "job a/p: 'gpu.nvidia.com/gpu-vfio-0'"));
    List<Finding> findings = PipelineChecks.agents(List.of(node("n1", 10), unclear), NOW);
    assertThat(findings).extracting(Finding::level).containsExactly(Level.OK, Level.WARN);
    assertThat(findings.getLast().text())
        .contains("on 1 node,", "east/n7 (30: job 4711: '2'", "gpu-vfio-0")
        .doesNotContain("n1");
  }

  @Test
  void openAlerts_areCounted_theWorstFirst() {
    assertThat(
            PipelineChecks.alerts(List.of(alert(Severity.CRITICAL, AlertState.RESOLVED, "over")))
                .level())
        .isEqualTo(Level.OK);
    Finding open =
        PipelineChecks.alerts(
            List.of(
                alert(Severity.WARNING, AlertState.FIRING, "small"),
                alert(Severity.CRITICAL, AlertState.FIRING, "great"),
                alert(Severity.CRITICAL, AlertState.RESOLVED, "over")));
    assertThat(open.level()).isEqualTo(Level.WARN);
    assertThat(open.text()).isEqualTo("open: 1 warning, 1 critical: great, small");
  }

  private static Alert alert(Severity severity, AlertState state, String summary) {
    return new Alert(
        "id",
        new AlertSubject(Rule.values()[0], "east", "", "site"),
        severity,
        state,
        new AlertMeasurement(1, 1, "W", 100, 10_000),
        new AlertTimes(0, 0, AlertTimes.OPEN),
        List.of(),
        summary,
        1,
        new AlertRouting("", "", ""));
  }

  @Test
  void aDiskWithLittleRoom_isAWarning() {
    long gib = 1L << 30;
    assertThat(PipelineChecks.disk("d", 10 * gib, 100 * gib).level()).isEqualTo(Level.OK);
    assertThat(PipelineChecks.disk("d", 4 * gib, 100 * gib).level()).isEqualTo(Level.WARN);
    assertThat(PipelineChecks.disk("d", gib - 1, 2 * gib).level()).isEqualTo(Level.WARN);
    assertThat(PipelineChecks.disk("d", 3 << 20, 1 << 30).text())
        .isEqualTo("d: 3 MiB of 1 GiB free -> make room");
  }
}
