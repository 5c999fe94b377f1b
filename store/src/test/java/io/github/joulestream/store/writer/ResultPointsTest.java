// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultPointsTest {
  private static final long START = 1_795_563_217_000L;

  private static JobSummary summary(String job, long anchorEpochMillis) {
    return new JobSummary(
        "site",
        job,
        new JobDetails("ada", "physics", "train", "batch", Map.of()),
        JobState.RUNNING,
        new JobTimes(anchorEpochMillis, anchorEpochMillis, 0, anchorEpochMillis),
        0,
        JobWork.NONE,
        Totals.ofJob(),
        0,
        1);
  }

  private static Alert alert(String scope, AlertState state, long since, int revision) {
    return new Alert(
        "0123456789abcdef",
        new AlertSubject(Rule.POWER_BUDGET, "site", "feed-a", scope),
        Severity.CRITICAL,
        state,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 9_700),
        new AlertTimes(
            since, since + 9_000, state == AlertState.RESOLVED ? since + 90_000 : AlertTimes.OPEN),
        List.of(new Contributor(Contributor.Consumer.JOB, "17", 3_100, 375_100_000)),
        "too much",
        revision,
        new AlertRouting("", "facilities", ""));
  }

  private static ConsumerRecord<byte[], byte[]> record(
      Topic topic, byte @Nullable [] key, byte @Nullable [] value) {
    return new ConsumerRecord<>(topic.topicName(), 0, 0, key, value);
  }

  @Test
  void eachWindowOfARecordOfNodes_isAPoint() {
    long start = 1_790_000_000_000L;
    NodeWindows windows =
        new NodeWindows(
            List.of(
                new NodeWindow("site", "n2", start, 10_000, Totals.ofSite(), 7),
                new NodeWindow("site", "n1", start, 10_000, Totals.ofSite(), 7),
                new NodeWindow("site", "n2", start + 10_000, 10_000, Totals.ofSite(), 7)));
    byte[] value = bytes(WireSerdes.nodeWindows(), windows);
    assertThat(ResultPoints.of(record(Topic.NODE_WINDOW, "site/n2".getBytes(UTF_8), value)))
        .isEqualTo(windows.windows().stream().map(NodeWindowPoint::of).toList())
        .hasSize(3);
  }

  @Test
  void eachWindowOfARecordOfJobs_isAPoint() {
    long start = 1_790_000_000_000L;
    JobWindows windows =
        new JobWindows(
            List.of(
                new JobWindow("site", "j2", start, 10_000, Totals.ofJob(), 7),
                new JobWindow("site", "j1", start, 10_000, Totals.ofJob()),
                new JobWindow("site", "j2", start + 10_000, 10_000, Totals.ofJob())));
    byte[] value = bytes(WireSerdes.jobWindows(), windows);
    assertThat(ResultPoints.of(record(Topic.JOB_WINDOW, "site/j2".getBytes(UTF_8), value)))
        .isEqualTo(windows.windows().stream().map(JobWindowPoint::of).toList())
        .hasSize(3);
  }

  @Test
  void everyResultTopic_hasItsMeasurement() {
    Map<Topic, Measurement> measurements = new EnumMap<>(Topic.class);
    JobWindow job = new JobWindow("site", "job", 1_790_000_000_000L, 10_000, Totals.ofJob());
    SiteWindow site = new SiteWindow("site", 1_790_000_000_000L, 10_000, Totals.ofSite());
    NodeWindow node = new NodeWindow("site", "n1", 1_790_000_000_000L, 10_000, Totals.ofSite(), 1);
    Budget budget =
        Budget.of("site", "feed-a", Scope.parse("rack=r12"), new PowerLimit(1_200_000_000));
    DeviceTotals gpu = new DeviceTotals("gpu0", DeviceKind.GPU, "H200", 0, Totals.ofDevice());
    DeviceWindow devices =
        new DeviceWindow("site", "n1", 1_790_000_000_000L, 10_000, List.of(gpu), 0);
    Placement placement =
        new Placement(
            "site",
            "n1",
            "job",
            START,
            START,
            Placement.OPEN,
            Placement.EndedBy.NOBODY,
            List.of(),
            NodeShares.AS_GPUS,
            8);
    JobQuarterHour quarter =
        new JobQuarterHour(
            "site", "job", JobDetails.NONE, 1_790_000_100_000L, 900_000, Totals.ofJob(), 0);
    NodeRecord report = new NodeRecord("site", "n1", START, "1", Map.of(), 0, 0, List.of());
    SiteCapacity none = new SiteCapacity(0, 0, 0, 0, 0, -1, -1, -1, -1, 0);
    Capacity capacity =
        new Capacity("site", 1_790_000_040_000L, 60_000, 6, 1, 1, 0, 0, none, none, null);
    PoolPeaks peaks =
        new PoolPeaks(
            "site",
            1_789_999_200_000L,
            DeviceKind.MEMORY,
            8,
            List.of(new PoolPeaks.Group(0, 1, 2)));
    Map<Topic, byte[]> values = new EnumMap<>(Topic.class);
    values.put(Topic.CAPACITY, bytes(WireSerdes.capacities(), capacity));
    values.put(Topic.POOL_PEAK, bytes(WireSerdes.poolPeaks(), peaks));
    values.put(Topic.JOB_WINDOW, bytes(WireSerdes.jobWindows(), JobWindows.of(job)));
    values.put(Topic.JOB_SUMMARY, bytes(WireSerdes.jobSummaries(), summary("job", START)));
    values.put(Topic.SITE_WINDOW, bytes(WireSerdes.siteWindows(), site));
    values.put(Topic.NODE_WINDOW, bytes(WireSerdes.nodeWindows(), NodeWindows.of(node)));
    values.put(Topic.LEDGER, bytes(WireSerdes.siteWindows(), site));
    values.put(
        Topic.ALERTS, bytes(WireSerdes.alerts(), alert("site", AlertState.FIRING, START, 1)));
    values.put(Topic.BUDGETS, bytes(WireSerdes.budgets(), budget));
    values.put(Topic.DEVICE_WINDOW, bytes(WireSerdes.deviceWindows(), devices));
    values.put(Topic.PLACEMENT, bytes(WireSerdes.placements(), placement));
    values.put(Topic.JOB_QUARTER_HOUR, bytes(WireSerdes.jobQuarterHours(), quarter));
    values.put(Topic.NODES, bytes(WireSerdes.nodes(), report));
    values.put(Topic.GRID, bytes(WireSerdes.grid(), grid()));
    values.forEach((topic, value) -> {
      byte[] key = keyOf(topic).getBytes(UTF_8);
      measurements.put(topic, ResultPoints.of(record(topic, key, value)).getFirst().measurement());
      for (String other : List.of("evil/n1", "site/other", "site/")) {
        assertThatThrownBy(() -> ResultPoints.of(record(topic, other.getBytes(UTF_8), value)))
            .as(topic.topicName())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("has the key '%s'", other);
      }
      assertThatThrownBy(() -> ResultPoints.of(record(topic, null, value)))
          .as(topic.topicName())
          .hasMessageContaining("no key");
    });
    assertThat(measurements)
        .containsOnly(
            Map.entry(Topic.JOB_WINDOW, Measurement.JOB_WINDOW),
            Map.entry(Topic.JOB_SUMMARY, Measurement.JOB_SUMMARY),
            Map.entry(Topic.SITE_WINDOW, Measurement.SITE_WINDOW),
            Map.entry(Topic.NODE_WINDOW, Measurement.NODE_WINDOW),
            Map.entry(Topic.LEDGER, Measurement.LEDGER),
            Map.entry(Topic.ALERTS, Measurement.ALERT),
            Map.entry(Topic.BUDGETS, Measurement.BUDGET),
            Map.entry(Topic.DEVICE_WINDOW, Measurement.DEVICE_WINDOW),
            Map.entry(Topic.PLACEMENT, Measurement.PLACEMENT),
            Map.entry(Topic.JOB_QUARTER_HOUR, Measurement.JOB_QUARTER_HOUR),
            Map.entry(Topic.NODES, Measurement.NODE),
            Map.entry(Topic.CAPACITY, Measurement.CAPACITY),
            Map.entry(Topic.POOL_PEAK, Measurement.POOL_PEAK),
            Map.entry(Topic.GRID, Measurement.GRID));
    assertThat(ResultPoints.TOPICS)
        .containsExactlyInAnyOrderElementsOf(
            values.keySet().stream().map(Topic::topicName).toList());
  }

  private static String keyOf(Topic topic) {
    return switch (topic.key()) {
      case "site" -> "site";
      case "site/node" -> "site/n1";
      case "site/job" -> "site/job";
      case "site/budget" -> "site/feed-a";
      case "alert id" -> "0123456789abcdef";
      default -> grid().key();
    };
  }

  private static GridRecord grid() {
    return new GridRecord(
        new GridInterval(
            "site",
            GridSeries.of(SeriesKind.EXPORT),
            1_790_000_000_000L,
            1_790_003_600_000L,
            7,
            "",
            GridQuality.MEASURED,
            START,
            false,
            GridInterval.Origin.UNKNOWN),
        true);
  }

  private static <T> byte[] bytes(Serde<T> serde, T value) {
    return serde.serializer().serialize("", value);
  }

  @Test
  void anEmptyRecord_isRefused_unlessItRemovesAnAlertOrABudget() {
    byte[] key = "site/feed-a".getBytes(UTF_8);
    assertThatThrownBy(() -> ResultPoints.of(record(Topic.LEDGER, key, null)))
        .isInstanceOf(SerializationException.class)
        .hasMessage("empty record");
    assertThat(ResultPoints.of(record(Topic.ALERTS, key, null))).isEmpty();
    assertThat(ResultPoints.of(record(Topic.NODES, key, null))).isEmpty();
    assertThat(ResultPoints.of(record(Topic.GRID, key, null))).isEmpty();
    assertThat(ResultPoints.of(record(Topic.BUDGETS, key, null)).getFirst().fields())
        .isEqualTo(Map.of("in_force", 0L));
    assertThatThrownBy(() -> ResultPoints.of(record(Topic.BUDGETS, null, null)))
        .isInstanceOf(SerializationException.class)
        .hasMessage("no key");
    assertThatThrownBy(() -> ResultPoints.of(record(Topic.TELEMETRY, key, key)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
