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
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task with more than 5,000 pending windows emits them every 30 s, or after 10 s of quiet. */
class ManyPendingWindowsTest {
  private static final long START = 1_700_000_010_000L;
  private static final int NODES = 20;
  // of these the first is emitted at once
  private static final int PENDING = NODES - 1;
  private static final int WINDOWS = 300;
  private static final int MILLIWATTS = 500_000;
  private static final int STEP_SECONDS = 10;
  private static final long ARRIVAL = START + 1_000L * STEP_SECONDS * WINDOWS;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // by begin
  private AccountingTopology topology;

  @SuppressWarnings("NullAway.Init")
  private TopologyTestDriver driver;

  @BeforeEach
  void begin() {
    Properties config =
        StreamsConfigs.accounting(StreamsSettings.of(KafkaClients.of("unused:9092"), folder));
    topology =
        new AccountingTopology(
            config, Limits.DEFAULT, Calibration.NONE, new CacheBudget(1L << 30), 0, SiteKeys.NONE);
    driver = new TopologyTestDriver(topology.get(), config, Instant.ofEpochMilli(START));
    for (int node = 0; node < NODES; node++) {
      send(node, 0, ARRIVAL);
    }
    assertThat(emittedNodes()).isEqualTo(1);
  }

  @AfterEach
  void end() {
    driver.close();
  }

  private void send(int node, int sequence, long arrivalEpochMillis) {
    long[] times = new long[WINDOWS];
    Arrays.setAll(times, i -> START + 1_000L * STEP_SECONDS * i + sequence);
    long[] power = new long[WINDOWS];
    Arrays.fill(power, MILLIWATTS);
    TelemetryBatch batch =
        new TelemetryBatch(
            "site",
            "n" + node,
            1,
            sequence,
            List.of(
                new DeviceSeries(
                    Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
    driver
        .createInputTopic(
            Topic.TELEMETRY.topicName(),
            new StringSerializer(),
            WireSerdes.telemetry().serializer())
        .pipeInput(
            new TestRecord<>(
                Keys.node("site", "n" + node), batch, Instant.ofEpochMilli(arrivalEpochMillis)));
  }

  /** Of how many nodes the energy was emitted, since this was asked last. */
  private long emittedNodes() {
    long millijoules = 0;
    for (NodeWindows record :
        driver
            .createOutputTopic(
                Topic.NODE_WINDOW.topicName(),
                new StringDeserializer(),
                WireSerdes.nodeWindows().deserializer())
            .readValuesToList()) {
      for (NodeWindow window : record.windows()) {
        millijoules += window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      }
    }
    long ofNode = (WINDOWS - 1L) * STEP_SECONDS * MILLIWATTS;
    assertThat(millijoules % ofNode).isZero();
    return millijoules / ofNode;
  }

  private void pass(int seconds) {
    for (int second = 0; second < seconds; second += 2) {
      driver.advanceWallClockTime(Duration.ofSeconds(2));
    }
  }

  @Test
  void withoutRecords_theyAreEmittedAfterTenSeconds() {
    pass(10);
    assertThat(emittedNodes()).isZero();
    pass(2);
    assertThat(emittedNodes()).isEqualTo(PENDING);
  }

  @Test
  void whereNoMoreIsExpected_theyAreEmittedAfterOneQuietInterval() {
    topology.pendingOutput().expectNoMore();
    pass(4);
    assertThat(emittedNodes()).isEqualTo(PENDING);
  }

  @Test
  void withRecords_theyAreEmittedWhenTheIntervalOfHalfAMinuteEnds() {
    assertThat(ARRIVAL % 30_000).isZero();
    send(0, 0, ARRIVAL + 29_999);
    assertThat(emittedNodes()).isZero();
    send(0, 0, ARRIVAL + 30_000);
    assertThat(emittedNodes()).isEqualTo(PENDING);
  }
}
