// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.Installation.Ledger;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.StreamsConfigs;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * State that another release wrote, and streams of this one: an upgrade continues with it, a
 * downgrade stops at the start, and the way back of docs/records.md leads to the same ledger.
 */
class ITOtherState {
  private static final Path GOLDEN =
      Path.of("../../streams/src/test/resources/golden/state/0.1.0/accounting.txt");
  private static final HexFormat HEX = HexFormat.of();
  private static final String INSTANCE = "streams-1";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Of the golden state: two nodes of this site, for 300 s from here on. */
  private static final String SITE = "site";

  private static final long START = 1_700_000_000_000L;
  private static final int STATE_END = 299;
  private static final int END = 359;

  /** The record of formats of a store, and where the version of its first format is in it. */
  private static final byte[] FORMATS = "\0formats".getBytes(UTF_8);

  private static final int FIRST_VERSION = 4;

  @TempDir Path folder;

  private static KafkaProducer<byte[], byte[]> producer(Installation site) {
    return new KafkaProducer<>(site.kafka(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Test
  void stateThatAnEarlierReleaseWrote_isRestored_andTheBooksContinue() throws Exception {
    try (Installation site = Installation.start(folder, 1);
        KafkaProducer<byte[], byte[]> producer = producer(site)) {
      keepOldRecords(site);
      OtherRelease earlier = OtherRelease.earlier("0.1.0");
      earlier.publishSchemas(site.kafka());
      fillChangelogs(site, producer);
      Program streams = site.streams(INSTANCE);
      Installation.awaitReady(streams);
      assertThat(HealthPort.health(streams)).contains("nodes set aside: 1");
      send(producer, Topic.ALLOCATIONS, "n2", NodeOrder.RESTORE.bytes(), STATE_END + 1);
      Await.until("it is put back", LIMIT, () -> HealthPort.health(streams).equals("200 ok"));
      for (String node : List.of("n1", "n2")) {
        send(producer, Topic.TELEMETRY, node, earlier.rewritten("telemetry", batch(node)), END);
      }
      // late: it takes the device from a job that the state has
      byte[] hold =
          bytes(
              WireSerdes.allocations(),
              AllocationEvent.hold(
                  SITE, "n1", "c", START + 100_000, List.of(DeviceShare.whole("gpu0")), 1));
      send(producer, Topic.ALLOCATIONS, "n1", earlier.rewritten("allocation", hold), END);

      long measured = 2L * END * 500_000;
      Await.until(
          "all is booked",
          LIMIT,
          () ->
              job(site, "b") == (END - 30) * 500_000L
                  && job(site, "c") == 27 * 500_000L
                  && job(site, "a4") == (END - 247) * 500_000L
                  && ofTheHour(site) == measured,
          () -> "%s, %,d mJ".formatted(site.ledger(), ofTheHour(site)));
      new FaultRow(
              "`streams` upgraded over state and records of 0.1.0",
              1,
              "each release reads all state formats and records since 0.1.0",
              "300 s of state and 60 s of records of two nodes: %,d mJ, as calculated by hand"
                  .formatted(ofTheHour(site)),
              0,
              0,
              // windows that nothing was added to are not in the topic, so their jobs are not
              // compared
              Math.abs(ofTheHour(site) - measured) + Installation.unbalanced(site.windows()))
          .report();
    }
  }

  /** The golden state is of 2023: its topics carry the times of that time. */
  private static void keepOldRecords(Installation site) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (Topic topic : List.of(Topic.TELEMETRY, Topic.ALLOCATIONS)) {
      changes.put(
          new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName()),
          List.of(set("message.timestamp.type", "CreateTime"), set("retention.ms", "-1")));
    }
    try (Admin admin = Admin.create(site.kafka())) {
      admin.incrementalAlterConfigs(changes).all().get();
    }
  }

  private static AlterConfigOp set(String key, String value) {
    return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
  }

  /** Lines of store, key, start of the window and value. */
  private static void fillChangelogs(Installation site, KafkaProducer<byte[], byte[]> producer)
      throws Exception {
    List<String[]> records =
        Files.readAllLines(GOLDEN).stream().map(line -> line.split(" ", -1)).toList();
    try (Admin admin = Admin.create(site.kafka())) {
      admin
          .createTopics(
              records.stream()
                  .map(fields -> fields[0])
                  .distinct()
                  .map(store ->
                      new NewTopic(Installation.changelog(store), Optional.of(1), Optional.empty())
                          .configs(Map.of("cleanup.policy", "compact")))
                  .toList())
          .all()
          .get();
    }
    for (String[] fields : records) {
      byte[] key = HEX.parseHex(fields[1]);
      long windowStart = Long.parseLong(fields[2]);
      if (windowStart != 0) {
        // as Kafka Streams has keys of windows: a start, and a number that is 0
        key =
            ByteBuffer.allocate(key.length + Long.BYTES + Integer.BYTES)
                .put(key)
                .putLong(windowStart)
                .putInt(0)
                .array();
      }
      String changelog = Installation.changelog(fields[0]);
      producer.send(new ProducerRecord<>(changelog, key, HEX.parseHex(fields[3]))).get();
    }
  }

  /** 500 W on the GPU for the last minute, a reading a second. */
  private static byte[] batch(String node) {
    int size = END - STATE_END;
    long[] times = new long[size];
    long[] milliwatts = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = START + 1_000L * (STATE_END + 1 + i);
      milliwatts[i] = 500_000;
    }
    Device gpu = Device.sensor("gpu0", DeviceKind.GPU);
    return bytes(
        WireSerdes.telemetry(),
        new TelemetryBatch(
            SITE, node, 1, 5, List.of(new DeviceSeries(gpu, Readings.ofPower(times, milliwatts)))));
  }

  private static <T> byte[] bytes(Serde<T> serde, T value) {
    return serde.serializer().serialize("any", value);
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, Topic topic, String node, byte[] value, int second)
      throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                topic.topicName(),
                0,
                START + 1_000L * second,
                (SITE + "/" + node).getBytes(UTF_8),
                value))
        .get();
  }

  private static long job(Installation site, String job) {
    return site.summaries().stream()
        .filter(summary -> summary.job().equals(job))
        .map(JobSummary::totals)
        .mapToLong(totals -> totals.get(JobAmount.TOTAL_MILLIJOULES))
        .sum();
  }

  private static long ofTheHour(Installation site) {
    return site.windows().stream()
        .filter(window -> window.windowMillis() == 3_600_000)
        .mapToLong(window -> window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .sum();
  }

  @Test
  void stateOfALaterRelease_stopsTheStart_andTheDocumentedWayBackBooksAllAgain() throws Exception {
    try (Installation site = Installation.start(folder)) {
      site.run("simulate", "--nodes", "2", "--past", "3m", "--end-jobs");
      site.run("budget", "set", "all", "--site", "simulated", "--scope", "site", "--power", "1MW");
      Program before = site.streams(INSTANCE);
      Installation.awaitReady(before);
      Ledger booked = site.settled();
      before.interruptAndAwait();
      Set<Integer> partitions = laterFormats(site);
      assertThat(partitions).as("of the store of nodes").isNotEmpty();
      site.run("simulate", "--site", "other", "--nodes", "1", "--past", "2m", "--end-jobs");

      // other tasks, and partitions without state, may be restored and processed before it ends
      Predicate<TopicPartition> later =
          input ->
              !input.topic().equals(Topic.JOBS.topicName())
                  && partitions.contains(input.partition());
      long waiting = site.waiting(later);
      assertThat(waiting).isPositive();
      Program refused = site.streams(INSTANCE);
      assertThat(refused.await()).as(refused.output()).isEqualTo(1);
      List<String> lines =
          refused.output().lines().filter(line -> line.startsWith("joulestream: ")).toList();
      assertThat(lines).as(refused.output()).hasSize(1);
      assertThat(lines.getFirst())
          .contains("a chunk of the journal", "no record was processed with it", "reset the state");
      assertThat(site.waiting(later)).isEqualTo(waiting);
      assertThat(site.ledger().sites()).containsAllEntriesOf(booked.sites());

      // docs/records.md, State of another release
      assertThat(hasReadBudgets(site)).isTrue();
      assertThat(site.run("reset", "streams", "--yes")).contains("topics with state");
      assertThat(hasReadBudgets(site)).as("by what Kafka knows").isFalse();
      Folders.delete(site.state(INSTANCE));
      Installation.awaitReady(site.streams(INSTANCE));
      Ledger again = site.settled();
      Await.until("budgets are in force again", LIMIT, () -> hasReadBudgets(site));
      site.reportBookedAgain(
          booked,
          again,
          "state of a later release under an earlier one, then the documented reset",
          "the start ends with status 1 before a record is processed with that state; the reset"
              + " books all that Kafka has again",
          "refused; then ");
      assertThat(again.sites()).containsKey("other");
    }
  }

  private static boolean hasReadBudgets(Installation site) throws Exception {
    try (Admin admin = Admin.create(site.kafka())) {
      return admin
          .listConsumerGroupOffsets(StreamsConfigs.ALERTS_ID)
          .partitionsToOffsetAndMetadata()
          .get()
          .containsKey(new TopicPartition(Topic.BUDGETS.topicName(), 0));
    }
  }

  /**
   * The list of formats of the nodes' stores, as a release with another journal would write it.
   *
   * @return the partitions that have one
   */
  private static Set<Integer> laterFormats(Installation site) {
    String changelog = Installation.changelog("node-journal");
    Map<Integer, byte[]> found = new HashMap<>();
    site.forEach(
        changelog,
        (ConsumerRecord<byte[], byte[]> record) -> {
          if (Arrays.equals(record.key(), FORMATS)) {
            found.put(record.partition(), record.value());
          }
        });
    try (KafkaProducer<byte[], byte[]> producer = producer(site)) {
      found.forEach((partition, formats) -> {
        byte[] later = formats.clone();
        later[FIRST_VERSION]++;
        var _ = // the start shows it
            producer.send(new ProducerRecord<>(changelog, partition, FORMATS, later));
      });
    }
    return found.keySet();
  }
}
