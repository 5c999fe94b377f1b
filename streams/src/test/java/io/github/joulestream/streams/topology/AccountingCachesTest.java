// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.SiteWindow;
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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The size of the caches changes no figure. */
class AccountingCachesTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";
  private static final int NODES = 40;
  private static final int ROUNDS = 8;
  private static final int ROUND_SECONDS = 60;

  @TempDir Path folder;

  /** What a reader of the topics holds. */
  private record Results(
      Map<String, JobWindow> jobWindows,
      Map<String, JobSummary> jobs,
      Map<String, SiteWindow> site,
      Map<String, Totals<SiteAmount>> nodes) {}

  @Test
  void aBudgetOfAFewNodes_yieldsTheSameResults() {
    CacheBudget large = new CacheBudget(1L << 30);
    CacheBudget small = new CacheBudget(60_000);
    Results expected = run(large, "large");
    Results found = run(small, "small");
    assertThat(large.evictions()).isZero();
    assertThat(small.evictions()).isGreaterThan(NODES * ROUNDS);
    assertThat(expected.jobs).hasSize(NODES * ROUNDS);
    assertThat(found).isEqualTo(expected);
    assertThat(
            found.site.values().stream()
                .filter(window -> window.windowMillis() == 10_000)
                .mapToLong(window -> window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
                .sum())
        .isEqualTo(NODES * (ROUNDS * ROUND_SECONDS - 1) * 500_000L);
  }

  /** All nodes report a minute after another; each has a job that changes every minute. */
  private Results run(CacheBudget budget, String name) {
    Properties config =
        StreamsConfigs.accounting(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve(name))
                .commitInterval(Duration.ofMillis(100)));
    AccountingTopology topology =
        new AccountingTopology(
            config, Limits.DEFAULT, Calibration.NONE, budget, 10_000, SiteKeys.NONE);
    Results results =
        new Results(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    try (TopologyTestDriver driver = new TopologyTestDriver(topology.get(), config)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int n = 0; n < NODES; n++) {
          long start = START + 1_000L * ROUND_SECONDS * round;
          long arrival = start + 1_000L * ROUND_SECONDS + n;
          String node = "n" + n;
          String job = "j" + round + "-" + n;
          send(
              driver,
              Topic.ALLOCATIONS,
              node,
              AllocationEvent.hold(
                  SITE, node, job, start + 5_000, List.of(DeviceShare.whole("gpu0")), 1),
              WireSerdes.allocations().serializer(),
              arrival);
          send(
              driver,
              Topic.TELEMETRY,
              node,
              batch(node, round, start),
              WireSerdes.telemetry().serializer(),
              arrival);
          // late, so that readings are corrected that may be in a store by now
          send(
              driver,
              Topic.ALLOCATIONS,
              node,
              AllocationEvent.release(SITE, node, job, start + 35_000),
              WireSerdes.allocations().serializer(),
              arrival);
          assertThat(budget.usedBytes()).isLessThanOrEqualTo(budget.bytes());
        }
      }
      read(driver, results);
    }
    return results;
  }

  private static <T> void send(
      TopologyTestDriver driver,
      Topic topic,
      String node,
      T value,
      Serializer<T> serializer,
      long arrival) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
        .pipeInput(new TestRecord<>(Keys.node(SITE, node), value, Instant.ofEpochMilli(arrival)));
  }

  private static TelemetryBatch batch(String node, int sequence, long start) {
    long[] times = new long[ROUND_SECONDS];
    long[] power = new long[ROUND_SECONDS];
    for (int i = 0; i < ROUND_SECONDS; i++) {
      times[i] = start + 1_000L * i;
      power[i] = 500_000;
    }
    return new TelemetryBatch(
        SITE,
        node,
        1,
        sequence,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
  }

  private static void read(TopologyTestDriver driver, Results results) {
    for (JobWindows windows :
        output(driver, Topic.JOB_WINDOW, WireSerdes.jobWindows().deserializer())) {
      for (JobWindow window : windows.windows()) {
        results.jobWindows.put(window.job() + " " + window.windowStartEpochMillis(), window);
      }
    }
    for (JobSummary job :
        output(driver, Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())) {
      results.jobs.put(job.job(), job);
    }
    for (SiteWindow window :
        output(driver, Topic.LEDGER, WireSerdes.siteWindows().deserializer())) {
      results.site.put(window.windowMillis() + " " + window.windowStartEpochMillis(), window);
    }
    for (NodeWindows windows :
        output(driver, Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer())) {
      for (NodeWindow window : windows.windows()) {
        results
            .nodes
            .computeIfAbsent(
                window.node() + " " + window.windowStartEpochMillis(), _ -> Totals.ofSite())
            .addAll(window.totals());
      }
    }
  }

  private static <T> List<T> output(
      TopologyTestDriver driver, Topic topic, Deserializer<T> deserializer) {
    return driver
        .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
        .readValuesToList();
  }
}
