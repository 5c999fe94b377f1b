// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
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
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The windows of a job that a task emits together are one record on the way to its total. */
class JobRecordsTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";
  private static final String NODE = "n1";
  private static final List<String> GPUS = List.of("gpu0", "gpu1", "gpu2");
  private static final int MILLIWATTS = 500_000;
  private static final int STEP_SECONDS = 5;

  @TempDir Path folder;

  @Test
  void windowsOfEachJob_areOneRecord_underItsKey() {
    Map<String, List<Integer>> sizes = sizes(30);
    assertThat(sizes).hasSize(GPUS.size());
    assertThat(sizes.values()).allSatisfy(ofJob -> assertThat(ofJob).containsExactly(1, 30));
  }

  @Test
  void moreThanARecordHolds_areSeveral() {
    Map<String, List<Integer>> sizes = sizes(JobWindows.MAX_WINDOWS + 20);
    assertThat(sizes).hasSize(GPUS.size());
    assertThat(sizes.values())
        .allSatisfy(ofJob -> assertThat(ofJob).containsExactly(1, JobWindows.MAX_WINDOWS, 20));
  }

  /** How many windows the records of each job have: the first is of its allocation. */
  private Map<String, List<Integer>> sizes(int windows) {
    Properties config =
        StreamsConfigs.accounting(StreamsSettings.of(KafkaClients.of("unused:9092"), folder));
    int readings = 2 * windows;
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE).get(),
            config,
            Instant.ofEpochMilli(START))) {
      for (String gpu : GPUS) {
        driver
            .createInputTopic(
                Topic.ALLOCATIONS.topicName(),
                new StringSerializer(),
                WireSerdes.allocations().serializer())
            .pipeInput(
                new TestRecord<>(
                    Keys.node(SITE, NODE),
                    AllocationEvent.hold(
                        SITE,
                        NODE,
                        "job-" + gpu,
                        START,
                        List.of(DeviceShare.whole(gpu)),
                        GPUS.size()),
                    Instant.ofEpochMilli(START)));
      }
      driver
          .createInputTopic(
              Topic.TELEMETRY.topicName(),
              new StringSerializer(),
              WireSerdes.telemetry().serializer())
          .pipeInput(
              new TestRecord<>(
                  Keys.node(SITE, NODE),
                  batch(readings),
                  Instant.ofEpochMilli(START + 1_000L * STEP_SECONDS * readings)));
      driver.advanceWallClockTime(Duration.ofSeconds(4));

      Map<String, List<Integer>> sizes = new HashMap<>();
      Map<String, Long> energy = new HashMap<>();
      for (TestRecord<String, JobWindows> record :
          driver
              .createOutputTopic(
                  "joulestream-by-job-repartition",
                  new StringDeserializer(),
                  WireSerdes.jobWindows().deserializer())
              .readRecordsToList()) {
        assertThat(record.key()).isEqualTo(record.value().key());
        sizes
            .computeIfAbsent(record.key(), _ -> new ArrayList<>())
            .add(record.value().windows().size());
        for (JobWindow window : record.value().windows()) {
          energy.merge(window.job(), window.totals().get(JobAmount.TOTAL_MILLIJOULES), Long::sum);
        }
      }
      assertThat(energy.values())
          .hasSize(GPUS.size())
          .containsOnly((readings - 1L) * STEP_SECONDS * MILLIWATTS);
      return sizes;
    }
  }

  private static TelemetryBatch batch(int readings) {
    long[] times = new long[readings];
    Arrays.setAll(times, i -> START + 1_000L * STEP_SECONDS * i);
    long[] power = new long[readings];
    Arrays.fill(power, MILLIWATTS);
    return new TelemetryBatch(
        SITE,
        NODE,
        1,
        0,
        GPUS.stream()
            .map(gpu ->
                new DeviceSeries(
                    Device.sensor(gpu, DeviceKind.GPU), Readings.ofPower(times, power)))
            .toList());
  }
}
