// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsConfigs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics that are deleted, deleted and made again, or given partitions, while programs run and
 * while they do not: nothing is skipped, nothing is booked twice, and what needs a person ends with
 * one line.
 */
class ITTopicsChanged {
  private static final int READINGS = 10;
  private static final String NODE = "dc1/n1";
  private static final String TELEMETRY = Topic.TELEMETRY.topicName();
  private static final String LEDGER = Topic.LEDGER.topicName();
  private static final String TODO = "see docs/operations.md, A topic that was deleted or changed";

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka = Map.of();
  private Admin admin;
  private KafkaProducer<String, byte[]> producer;
  private final long start = System.currentTimeMillis() - 1_200_000;
  private int sequence;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    admin = Admin.create(kafka);
    new TopicAdmin(admin).create(2, (short) 1);
    SchemaExchange.publish(KafkaClients.of(kafka));
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    admin.close();
    broker.close();
  }

  /** A reading a second of one device for ten seconds each. */
  private void publish(int batches) throws Exception {
    for (int batch = 0; batch < batches; batch++) {
      long[] times = new long[READINGS];
      long[] power = new long[READINGS];
      for (int i = 0; i < READINGS; i++) {
        times[i] = start + 1_000L * (READINGS * sequence + i);
        power[i] = 100_000;
      }
      TelemetryBatch one =
          new TelemetryBatch(
              "dc1",
              "n1",
              1,
              sequence++,
              List.of(
                  new DeviceSeries(
                      Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
      producer
          .send(
              new ProducerRecord<>(
                  TELEMETRY, NODE, WireSerdes.telemetry().serializer().serialize("any", one)))
          .get();
    }
  }

  private Program streams() throws Exception {
    return Program.start(
        "streams",
        "--kafka",
        broker.bootstrap(),
        "--state",
        folder.resolve("state").toString(),
        "--threads",
        "1",
        "--instance",
        "s1",
        "--metrics-port",
        "0");
  }

  /** Ends with status 1 and a last line that has this. */
  private static void awaitRefusal(Program program, String... words) throws Exception {
    assertThat(program.await()).as(program.output()).isEqualTo(1);
    assertThat(program.output().lines().toList().getLast()).contains(words).contains(TODO);
  }

  private void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    Await.until(topic + " is gone", () -> !admin.listTopics().names().get().contains(topic));
  }

  private void create() throws Exception {
    try (Program topics = Program.start("topics", "create", "--kafka", broker.bootstrap())) {
      assertThat(topics.await()).as(topics.output()).isZero();
    }
  }

  private int partitions(String topic) throws Exception {
    TopicDescription found = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    return requireNonNull(found, topic).partitions().size();
  }

  private Collection<SiteWindow> windows(Topic topic) {
    return new PipelineTopics(kafka)
        .latest(
            topic,
            WireSerdes.siteWindows(),
            w -> List.of(w.windowMillis(), w.windowStartEpochMillis(), w.fragmentEpochMillis()))
        .values();
  }

  private static long sum(Collection<SiteWindow> windows, SiteAmount amount) {
    return windows.stream()
        .filter(window -> window.windowMillis() == 10_000)
        .mapToLong(window -> window.totals().get(amount))
        .sum();
  }

  /** Waits until all readings published are booked, once; then the row of the fault. */
  private void awaitBooked(
      Program streams, Topic topic, String fault, String promised, String happened)
      throws Exception {
    long wanted = (long) READINGS * sequence;
    Await.until(
        wanted + " readings are booked",
        Duration.ofMinutes(2),
        () -> sum(windows(topic), SiteAmount.READINGS) >= wanted,
        () ->
            "booked: %d%n%s".formatted(sum(windows(topic), SiteAmount.READINGS), streams.output()));
    Collection<SiteWindow> windows = windows(topic);
    long booked = sum(windows, SiteAmount.READINGS);
    new FaultRow(
            fault,
            1,
            promised,
            happened,
            Math.max(0, wanted - booked),
            Math.max(0, booked - wanted),
            Math.abs(
                sum(windows, SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                    - sum(windows, SiteAmount.JOBS_TOTAL_MILLIJOULES)
                    - sum(windows, SiteAmount.IDLE_TOTAL_MILLIJOULES)))
        .report();
  }

  @Test
  void anInputThatIsMadeAgain_isReadFromItsFirstRecord() throws Exception {
    try (Program streams = streams()) {
      streams.awaitLine("the topologies run");
      publish(12);
      Await.until(
          "they are booked",
          () -> sum(windows(Topic.LEDGER), SiteAmount.READINGS) == 12L * READINGS);
      // it sees nothing of the topic before the new one has more than it had read of the old one
      streams.suspend();
      delete(TELEMETRY);
      create();
      assertThat(partitions(TELEMETRY)).isEqualTo(2);
      publish(20);
      streams.resume();
      awaitRefusal(streams, "topic telemetry was deleted and made again");
    }
    try (Program streams = streams()) {
      streams.awaitLine("deleted and made again: telemetry; each is read from its first record");
      streams.awaitLine("the topologies run");
      awaitBooked(
          streams,
          Topic.LEDGER,
          "`telemetry` deleted and made again under `streams`, which stood still (SIGSTOP)",
          "what is in the new topic is booked once, from its first record",
          "ends with one line; the next start reads from the first record");
      // gone while it runs: Kafka Streams sees it with its next rebalance and ends, at once or in
      // minutes; the watch sees it within seconds
      delete(TELEMETRY);
      Await.until(
          "it names the topic",
          Duration.ofMinutes(1),
          () ->
              !streams.isAlive()
                  || streams.output().contains("Kafka has no topic telemetry any more"),
          streams::output);
      if (streams.isAlive()) {
        streams.interrupt();
        streams.await();
      } else {
        awaitRefusal(streams, "was deleted; run: joulestream topics create");
      }
    }
    try (Program streams = streams()) {
      assertThat(streams.await()).as(streams.output()).isEqualTo(1);
      assertThat(streams.output()).contains("has no topic telemetry; run: joulestream topics");
    }
    create();
    publish(3);
    try (Program streams = streams()) {
      awaitBooked(
          streams,
          Topic.LEDGER,
          "`telemetry` deleted under `streams`, made again by `topics create`",
          "what is in the new topic is booked once, from its first record",
          "a line names it, and it is not ready, or ends if a rebalance comes first; a start ends with one line until the topic is there");
      assertThat(streams.isAlive()).as(streams.output()).isTrue();
    }
  }

  @Test
  void partitionsThatAreAdded_endTheStart_andAnOutputThatIsMadeAgainDoesNot() throws Exception {
    try (Program streams = streams()) {
      streams.awaitLine("the topologies run");
      publish(5);
      Await.until(
          "they are booked",
          () -> sum(windows(Topic.LEDGER), SiteAmount.READINGS) == 5L * READINGS);
      delete(LEDGER);
      create();
      streams.awaitLine("Topic ledger was deleted and made again");
      publish(5);
      awaitBooked(
          streams,
          Topic.SITE_WINDOW,
          "`ledger` deleted and made again under `streams`",
          "`streams` continues; windows that change are in the new topic",
          "continues");
      Await.until(
          "windows that changed are in the new topic",
          () -> sum(windows(Topic.LEDGER), SiteAmount.READINGS) >= 5L * READINGS);
      assertThat(streams.isAlive()).as(streams.output()).isTrue();

      admin.createPartitions(Map.of(TELEMETRY, NewPartitions.increaseTo(3))).all().get();
      assertThat(streams.await()).as(streams.output()).isEqualTo(1);
      assertThat(streams.output().lines().toList().getLast()).contains("partitions", TODO);
    }
    try (Program streams = streams()) {
      awaitRefusal(streams, "topic telemetry has 3 partitions and state was made with 2");
    }
    delete(TELEMETRY);
    create();
    publish(5);
    try (Program streams = streams()) {
      streams.awaitLine("the topologies run");
      awaitBooked(
          streams,
          Topic.SITE_WINDOW,
          "a partition added to `telemetry` under `streams`",
          "nothing is booked until a person has acted",
          "ends with one line, and so does each start; with a topic of the old number it continues");
      streams.interrupt();
      streams.await();
    }
    delete(StreamsConfigs.ACCOUNTING_ID + "-site-windows-changelog");
    try (Program streams = streams()) {
      awaitRefusal(streams, "-site-windows-changelog was deleted", "is to be reset");
    }
  }

  /** Keeps points in memory. */
  private static final class Points implements PointSink {
    final List<StorePoint> stored = new CopyOnWriteArrayList<>();

    @Override
    public void write(List<StorePoint> points) {
      // it writes how it is itself too
      points.stream()
          .filter(point -> point.measurement() == Measurement.LEDGER)
          .forEach(stored::add);
    }

    @Override
    public void close() {}
  }

  private static void awaitStored(StoreWriter writer, Points points, int size) throws Exception {
    Await.until(
        size + " windows are stored",
        Duration.ofMinutes(2),
        () -> points.stored.size() >= size && writer.caughtUp(),
        () ->
            "stored %d, behind %d, refused %d, failure %s"
                .formatted(
                    points.stored.size(),
                    writer.behind(),
                    writer.recordsRefused(),
                    writer.failure()));
  }

  private void putWindows(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      SiteWindow window =
          new SiteWindow("dc1", 10_000L * (start / 10_000 + i), 10_000, Totals.ofSite());
      producer
          .send(
              new ProducerRecord<>(
                  LEDGER, "dc1", WireSerdes.siteWindows().serializer().serialize("any", window)))
          .get();
    }
  }

  @Test
  void anOffsetOfAResultThatWasDeleted_isNotUsedByTheStoreWriter() throws Exception {
    putWindows(0, 5);
    Points before = new Points();
    Map<TopicPartition, OffsetAndMetadata> old = new HashMap<>();
    try (StoreWriter writer =
        new StoreWriter(KafkaClients.of(kafka), "w", before, EpochClock.system())) {
      writer.start();
      awaitStored(writer, before, 5);
    }
    admin
        .listConsumerGroupOffsets(StoreWriter.GROUP)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> {
          if (offset != null && partition.topic().equals(LEDGER)) {
            assertThat(offset.metadata()).isNotEqualTo(Uuid.ZERO_UUID.toString()).isNotEmpty();
            old.put(partition, offset);
          }
        });
    assertThat(old).isNotEmpty();
    delete(LEDGER);
    create();
    putWindows(5, 13);
    // as one that runs may commit after the topic was made again
    Await.until(
        "the writer's session is over",
        () -> {
          try {
            admin.alterConsumerGroupOffsets(StoreWriter.GROUP, old).all().get();
            return true;
          } catch (ExecutionException e) {
            return false;
          }
        });
    Points after = new Points();
    try (StoreWriter writer =
        new StoreWriter(KafkaClients.of(kafka), "w", after, EpochClock.system())) {
      writer.start();
      awaitStored(writer, after, 8);
    }
    assertThat(after.stored).hasSize(8);
  }
}
