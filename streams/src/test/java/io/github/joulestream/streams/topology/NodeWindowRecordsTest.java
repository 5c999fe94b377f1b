// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.state.CacheBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of nodes that are emitted together are few records, whatever their number. */
class NodeWindowRecordsTest {
  private static final long START = 1_700_000_000_000L;
  private static final int NODES = 60;
  private static final int WINDOWS = 30;
  private static final int MILLIWATTS = 500_000;
  // two in each window
  private static final int READINGS = 2 * WINDOWS;
  private static final int STEP_SECONDS = 5;

  @TempDir Path folder;

  @Test
  void windowsOfManyNodesAndSites_areSplitBySiteAndNumber_andNoneIsLost() {
    Properties config =
        StreamsConfigs.accounting(StreamsSettings.of(KafkaClients.of("unused:9092"), folder));
    AccountingTopology topology =
        new AccountingTopology(
            config, Limits.DEFAULT, Calibration.NONE, new CacheBudget(1L << 30), 0, SiteKeys.NONE);
    try (TopologyTestDriver driver =
        new TopologyTestDriver(topology.get(), config, Instant.ofEpochMilli(START))) {
      TestInputTopic<String, TelemetryBatch> telemetry =
          driver.createInputTopic(
              Topic.TELEMETRY.topicName(),
              new StringSerializer(),
              WireSerdes.telemetry().serializer());
      Map<String, Long> expected = new HashMap<>();
      for (int n = 0; n < NODES; n++) {
        for (String site : n < 3 ? List.of("a", "b") : List.of("a")) {
          TelemetryBatch batch = batch(site, "n" + n);
          String key = Keys.node(site, "n" + n);
          telemetry.pipeInput(new TestRecord<>(key, batch, at(READINGS * STEP_SECONDS)));
          expected.put(key, (READINGS - 1L) * STEP_SECONDS * MILLIWATTS);
        }
      }
      // all that is pending is emitted, in one commit
      driver.advanceWallClockTime(Duration.ofSeconds(2));
      driver.advanceWallClockTime(Duration.ofSeconds(2));

      List<TestRecord<String, NodeWindows>> records =
          driver
              .createOutputTopic(
                  Topic.NODE_WINDOW.topicName(),
                  new StringDeserializer(),
                  WireSerdes.nodeWindows().deserializer())
              .readRecordsToList();
      Map<String, Long> found = new HashMap<>();
      Map<String, List<Integer>> sizes = new HashMap<>();
      for (TestRecord<String, NodeWindows> record : records) {
        NodeWindows windows = record.value();
        assertThat(record.key()).isEqualTo(windows.key());
        sizes.computeIfAbsent(windows.site(), _ -> new ArrayList<>()).add(windows.windows().size());
        for (NodeWindow window : windows.windows()) {
          found.merge(
              Keys.node(window.site(), window.node()),
              window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
              Long::sum);
        }
      }
      assertThat(found).isEqualTo(expected);
      assertThat(sizes.values().stream().flatMap(List::stream).mapToInt(each -> each).max())
          .hasValue(NodeWindows.MAX_WINDOWS);
      // the driver commits after each record, and emits after the first
      assertThat(sizes.get("a"))
          .hasSize(1 + Math.ceilDiv((NODES - 1) * WINDOWS, NodeWindows.MAX_WINDOWS));
    }
  }

  private static Instant at(int second) {
    return Instant.ofEpochMilli(START + 1_000L * second);
  }

  private static TelemetryBatch batch(String site, String node) {
    long[] times = new long[READINGS];
    Arrays.setAll(times, i -> START + 1_000L * STEP_SECONDS * i);
    long[] power = new long[READINGS];
    Arrays.fill(power, MILLIWATTS);
    return new TelemetryBatch(
        site,
        node,
        1,
        0,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
  }
}
