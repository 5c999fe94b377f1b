// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is on any topic that a topology reads: it continues, and the record is kept aside. */
class HostileRecordsTest {
  private static final long SEED = 20_260_117;
  private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

  @TempDir Path folder;

  @SuppressWarnings("ArrayRecordComponent") // compared by identity, never
  private record Hostile(byte @Nullable [] key, byte @Nullable [] value) {}

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /** By what is wrong with them. */
  private static Map<String, Hostile> hostile() {
    byte[] valid =
        WireSerdes.allocations()
            .serializer()
            .serialize(
                "any",
                AllocationEvent.hold(
                    "site", "n1", "job", 1, List.of(DeviceShare.whole("gpu0")), 2));
    Map<String, Hostile> kinds = new LinkedHashMap<>();
    kinds.put("neither key nor value", new Hostile(null, null));
    kinds.put("no key", new Hostile(null, valid));
    kinds.put("no key, garbage", new Hostile(null, bytes(100)));
    kinds.put("an empty key", new Hostile(new byte[0], valid));
    kinds.put("an empty value", new Hostile(utf8("site/n1"), new byte[0]));
    kinds.put("garbage", new Hostile(utf8("site/n1"), bytes(100)));
    kinds.put("5 MB of garbage", new Hostile(utf8("site/n1"), bytes(5_000_000)));
    kinds.put("a key of 1 MB", new Hostile(utf8("k".repeat(1_000_000)), bytes(10)));
    kinds.put("a key that is no text", new Hostile(bytes(200), bytes(10)));
    kinds.put("a key with a 0 character", new Hostile(utf8("site\0a/n1"), bytes(10)));
    kinds.put("a key without a slash", new Hostile(utf8("other"), bytes(10)));
    kinds.put("a key without a site", new Hostile(utf8("/n1"), bytes(10)));
    kinds.put("of another key", new Hostile(utf8("site/other"), valid));
    kinds.put("an unknown schema", new Hostile(utf8("site/n1"), unknownSchema(valid)));
    kinds.put(
        "cut off", new Hostile(utf8("site/n1"), java.util.Arrays.copyOf(valid, valid.length / 2)));
    return kinds;
  }

  private static byte[] unknownSchema(byte[] valid) {
    byte[] other = valid.clone();
    other[5] ^= 0x55;
    return other;
  }

  private static void assertAllKept(
      Topology topology, Properties config, List<String> inputs, RecordRefusals refusals) {
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, config, START)) {
      List<String> sent = new ArrayList<>();
      for (String topic : inputs) {
        for (Map.Entry<String, Hostile> kind : hostile().entrySet()) {
          Hostile hostile = kind.getValue();
          long before = refusals.count();
          driver
              .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
              .pipeInput(new TestRecord<>(hostile.key, hostile.value, START));
          String what = kind.getKey() + " on " + topic;
          // an alert that no person has cleared is what the watch said itself
          boolean read = !topic.equals("alerts") || refusals.count() > before;
          if (read) {
            assertThat(refusals.count() - before).as(what).isEqualTo(1);
            sent.add(what);
          }
        }
      }
      List<TestRecord<byte[], byte[]>> letters =
          driver
              .createOutputTopic(
                  Topic.DEAD_LETTER.topicName(),
                  new ByteArrayDeserializer(),
                  new ByteArrayDeserializer())
              .readRecordsToList();
      assertThat(letters).hasSameSizeAs(sent);
      for (int i = 0; i < sent.size(); i++) {
        TestRecord<byte[], byte[]> letter = letters.get(i);
        String on = sent.get(i).substring(sent.get(i).lastIndexOf(' ') + 1);
        assertThat(header(letter, DeadLetters.TOPIC)).as(sent.get(i)).isEqualTo(on);
        assertThat(header(letter, DeadLetters.REASON)).as(sent.get(i)).isNotEmpty();
        assertThat(header(letter, DeadLetters.OFFSET)).matches("\\d+");
        assertThat(letter.value() == null ? 0 : letter.value().length)
            .isLessThanOrEqualTo(DeadLetters.MAX_VALUE_BYTES);
        assertThat(letter.key() == null ? 0 : letter.key().length).isLessThan(1_100);
        if (sent.get(i).startsWith("5 MB")) {
          assertThat(header(letter, DeadLetters.SIZE)).isEqualTo("5000000");
          assertThat(header(letter, DeadLetters.SHA256)).hasSize(64);
        }
      }
    }
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private StreamsSettings settings() {
    return StreamsSettings.of(KafkaClients.of("unused:9092"), folder)
        .commitInterval(Duration.ofMillis(100));
  }

  @Test
  void theAccounting_continues_whateverIsOnItsTopics() {
    Properties config = StreamsConfigs.accounting(settings());
    AccountingTopology topology = new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE);
    List<String> inputs =
        List.of(
            "telemetry",
            "allocations",
            "jobs",
            "joulestream-by-job-repartition",
            "joulestream-by-site-repartition");
    assertAllKept(topology.get(), config, inputs, topology.refusals());
  }

  @Test
  void theAlerts_continue_whateverIsOnTheirTopics() {
    Properties config = StreamsConfigs.alerts(settings());
    AlertsTopology topology = new AlertsTopology(config);
    List<String> inputs =
        List.of(
            "power-snapshot",
            "site-window",
            "budgets",
            "nodes",
            "jobs",
            "node-window",
            "job-window",
            "alerts",
            "joulestream-alerts-events-by-site-repartition");
    assertAllKept(topology.get(), config, inputs, topology.refusals());
  }

  /** What has no letter: it asks that something be forgotten of which nothing is known. */
  @Test
  void tombstones_ofWhatNobodyKnows_changeNothing_andAreNoRefusals() {
    Properties config = StreamsConfigs.alerts(settings());
    AlertsTopology alerts = new AlertsTopology(config);
    try (TopologyTestDriver driver = new TopologyTestDriver(alerts.get(), config, START)) {
      for (String topic : Set.of("budgets", "nodes", "jobs", "alerts")) {
        driver
            .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
            .pipeInput(new TestRecord<>(utf8("site/any"), null, START));
      }
    }
    assertThat(alerts.refusals().count()).isZero();
  }

  /** Nothing can be gone of these: a record without a value is a mistake, of any site. */
  @Test
  void recordsOfPowerWithoutAValue_areRefused_alsoOfASiteThatNobodyKnows() {
    Properties config = StreamsConfigs.alerts(settings());
    AlertsTopology alerts = new AlertsTopology(config);
    List<String> topics = List.of("power-snapshot", "site-window", "node-window", "job-window");
    try (TopologyTestDriver driver = new TopologyTestDriver(alerts.get(), config, START)) {
      for (String topic : topics) {
        driver
            .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
            .pipeInput(new TestRecord<>(utf8("nowhere/any"), null, START));
      }
    }
    assertThat(alerts.refusals().count()).isEqualTo(topics.size());
  }

  /** No larger key or value is read; one that is just as large is. */
  @Test
  void theBoundsOfARecord_areExact() {
    Properties config = StreamsConfigs.accounting(settings());
    AccountingTopology topology = new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE);
    try (TopologyTestDriver driver = new TopologyTestDriver(topology.get(), config, START)) {
      int most = 3 << 20;
      for (int size : new int[] {most - 1, most, most + 1}) {
        driver
            .createInputTopic("telemetry", new ByteArraySerializer(), new ByteArraySerializer())
            .pipeInput(new TestRecord<>(utf8("site/n1"), bytes(size), START));
      }
      for (int size : new int[] {500, 501, 502}) {
        driver
            .createInputTopic("telemetry", new ByteArraySerializer(), new ByteArraySerializer())
            .pipeInput(new TestRecord<>(utf8("k".repeat(size)), bytes(10), START));
      }
      assertThat(
              driver
                  .createOutputTopic(
                      "dead-letter", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                  .readRecordsToList()
                  .stream()
                  .map(letter -> header(letter, DeadLetters.REASON).contains("at most")))
          .containsExactly(false, false, true, false, false, true);
      // and no garbage has made a node
      assertThat(driver.getKeyValueStore("node-accounts").all().hasNext()).isFalse();
    }
  }
}
