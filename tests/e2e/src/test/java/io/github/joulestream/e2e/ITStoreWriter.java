// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store writer between a real broker and a real store, one of which goes away. */
class ITStoreWriter {
  private static final long START = 1_700_000_000_000L;
  private static final String TOPIC = Topic.JOB_WINDOW.topicName();

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Map<String, Object> kafka;

  @BeforeEach
  void startBroker() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private StoreWriter writer(int storePort) {
    return new StoreWriter(
        KafkaClients.of(kafka),
        "writer-0",
        new InfluxSink(URI.create("http://127.0.0.1:" + storePort), "-", "-", "-"),
        EpochClock.system());
  }

  private static JobWindow window(long startEpochMillis, long millijoules) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.set(JobAmount.TOTAL_MILLIJOULES, millijoules);
    return new JobWindow("site", "job", startEpochMillis, 10_000, totals);
  }

  private void publish(JobWindow... windows) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (JobWindow window : windows) {
        byte[] value = WireSerdes.jobWindows().serializer().serialize(TOPIC, JobWindows.of(window));
        producer.send(new ProducerRecord<>(TOPIC, "site/job", value)).get();
      }
    }
  }

  private void publishBytes(byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "site/job", value)).get();
    }
  }

  private long committed() throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      return admin
          .listConsumerGroupOffsets(StoreWriter.GROUP)
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .filter(entry -> entry.getKey().topic().equals(TOPIC) && entry.getValue() != null)
          .mapToLong(entry -> entry.getValue().offset())
          .sum();
    }
  }

  @Test
  void aWriterThatHangs_isStuckUntilItTurnsAgain_andOneThatWaitsIsNot() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    PointSink hangs =
        new PointSink() {
          @Override
          public void write(List<StorePoint> points) {
            asked.countDown();
            try {
              answer.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void close() {}
        };
    Duration limit = Duration.ofSeconds(5);
    try (StoreWriter writer =
        new StoreWriter(KafkaClients.of(kafka), "writer-0", hangs, EpochClock.system(), limit)) {
      writer.start();
      Await.until("it waits for results", writer::caughtUp);
      Thread.sleep(limit.plusSeconds(1)); // nothing to do for longer than a turn may take
      assertThat(writer.health().words()).isEqualTo("ok");
      publish(window(START, 1_000));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      Await.until("it is stuck", () -> !writer.health().ok());
      assertThat(writer.health().words())
          .startsWith("the store writer is stuck: no progress since");
      answer.countDown();
      Await.until("it turns again", () -> writer.health().ok());
      Await.until("it has all", writer::caughtUp);
    } finally {
      answer.countDown();
    }
    try (StoreWriter writer =
        new StoreWriter(
            KafkaClients.of(kafka),
            "writer-0",
            new InfluxSink(URI.create("http://127.0.0.1:" + FreePort.findLasting()), "-", "-", "-"),
            EpochClock.system(),
            limit)) {
      writer.start();
      publish(window(START + 10_000, 1_000));
      Await.until("it has tried for longer than a turn may take", () -> writer.retries() >= 6);
      // it waits for the store, and so turns
      assertThat(writer.health().ok()).isTrue();
      assertThat(writer.health().words()).contains("the store is unavailable");
    }
  }

  @Test
  void aStoreThatIsAway_losesNothing_andNoOffsetIsCommittedBefore() throws Exception {
    int port = FreePort.findLasting();
    try (StoreWriter writer = writer(port)) {
      writer.start();
      publish(window(START, 1_000), window(START + 10_000, 200));
      Await.until("it has tried several times", () -> writer.retries() >= 3);
      assertThat(committed()).isZero();
      assertThat(writer.pointsWritten()).isZero();
      assertThat(writer.caughtUp()).isFalse();

      try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder.resolve("store"), port);
          QuestDbReader reader = new QuestDbReader(store.url())) {
        Await.until("the store has all", writer::caughtUp);
        Await.until("it is visible", reader::applied);
        assertThat(reader.jobEnergyMillijoules()).isEqualTo(1_200);
        assertThat(committed()).isEqualTo(2);
        assertThat(writer.failure()).isEmpty();

        // and it goes on
        publish(window(START + 20_000, 30));
        Await.until("the store has that too", () -> writer.pointsWritten() == 3);
        Await.until("it is visible", reader::applied);
        assertThat(reader.jobEnergyMillijoules()).isEqualTo(1_230);
      }
    }
  }

  /** A store that takes what it gets as soon as it is let. */
  private static final class HeldStore implements PointSink {
    final Map<Long, Long> energyByNanos = new ConcurrentHashMap<>();
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch let = new CountDownLatch(1);

    @Override
    public void write(List<StorePoint> points) {
      asked.countDown();
      try {
        let.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreUnavailable("interrupted", e);
      }
      points.stream()
          .filter(point -> point.measurement() == Measurement.JOB_WINDOW)
          .forEach(point ->
              energyByNanos.put(
                  point.epochNanos(), (Long) point.fields().get("total_millijoules")));
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  /**
   * While a writer is busy, its group forgets it, as after a pause of the machine; and when it
   * comes back the group takes long to be put together, as another member does not answer. In
   * between the writer may not commit, which is no reason to give up.
   */
  @Test
  void aGroupThatIsPutTogetherSlowly_isWaitedFor() throws Exception {
    HeldStore store = new HeldStore();
    Map<String, Object> other = new HashMap<>(kafka);
    other.put("group.id", StoreWriter.GROUP);
    other.put("partition.assignment.strategy", RangeAssignor.class.getName());
    other.put("enable.auto.commit", false);
    publish(window(START, 1_000), window(START + 10_000, 200));
    try (StoreWriter writer =
            new StoreWriter(KafkaClients.of(kafka), "writer-0", store, EpochClock.system());
        Admin admin = Admin.create(kafka);
        KafkaConsumer<byte[], byte[]> member =
            new KafkaConsumer<>(other, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      writer.start();
      assertThat(store.asked.await(1, TimeUnit.MINUTES)).isTrue();
      admin
          .removeMembersFromConsumerGroup(
              StoreWriter.GROUP, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get();
      member.subscribe(List.of(TOPIC));
      Await.until(
          "another member has the group to itself",
          () -> {
            member.poll(Duration.ofMillis(100));
            return member.assignment().size() == 2;
          });
      store.let.countDown();
      // the writer waits until the other is heard of
      Await.until(
          "the group is being put together",
          () ->
              admin
                      .describeConsumerGroups(List.of(StoreWriter.GROUP))
                      .describedGroups()
                      .values()
                      .iterator()
                      .next()
                      .get()
                      .groupState()
                  == GroupState.PREPARING_REBALANCE);
      publish(window(START + 20_000, 30));
      // some turns of the writer's, of which each would be its last
      long turns = System.nanoTime() + 1_000_000_000L;
      Await.until("it has had its turns", () -> System.nanoTime() > turns);
      assertThat(writer.failure()).isEmpty();
      member.close(CloseOptions.timeout(Duration.ofSeconds(5)));
      Await.until("all is stored", () -> store.energyByNanos.size() == 3);
      Await.until("and committed", () -> committed() == 3);
      assertThat(writer.failure()).isEmpty();
    }
  }

  @Test
  void whatIsUnusable_isKeptWithTheReason_andTheRestIsWritten() throws Exception {
    int port = FreePort.findLasting();
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder.resolve("store"), port);
        QuestDbReader reader = new QuestDbReader(store.url());
        StoreWriter writer = writer(port)) {
      byte[] garbage = "no Avro".getBytes(UTF_8);
      publish(window(START, 1_000));
      publishBytes(garbage);
      // 1969: the embedded store takes nothing before 1970
      publish(window(-10_000, 5), window(START + 10_000, 200));
      writer.start();
      Await.until("all is dealt with", writer::caughtUp);
      Await.until("it is visible", reader::applied);
      assertThat(reader.jobEnergyMillijoules()).isEqualTo(1_200);
      assertThat(writer.recordsRefused()).isEqualTo(2);

      List<ConsumerRecord<byte[], byte[]>> letters = deadLetters(2);
      assertThat(letters.getFirst().value()).isEqualTo(garbage);
      assertThat(header(letters.getFirst(), "reason")).contains("not an Avro single object");
      for (ConsumerRecord<byte[], byte[]> letter : letters) {
        assertThat(letter.key()).isEqualTo("site/job".getBytes(UTF_8));
        assertThat(header(letter, "topic")).isEqualTo(TOPIC);
        assertThat(header(letter, "reason")).isNotBlank();
      }
      assertThat(letters.stream().map(letter -> header(letter, "offset")))
          .containsExactly("1", "2");
      assertThat(
              WireSerdes.jobWindows()
                  .deserializer()
                  .deserialize(TOPIC, letters.getLast().value())
                  .windows()
                  .getFirst()
                  .windowStartEpochMillis())
          .isEqualTo(-10_000);
    }
  }

  /** Of all groups that are ours by name, by a broker's own figures. */
  @Test
  void howFarEachReaderIsBehind_isWrittenWithTheRest() throws Exception {
    int port = FreePort.findLasting();
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder.resolve("store"), port);
        StoreWriter writer = writer(port);
        Admin admin = Admin.create(kafka)) {
      publish(window(START, 1_000), window(START + 10_000, 200), window(START + 20_000, 30));
      publishBytes("no Avro".getBytes(UTF_8));
      int partition =
          admin
                      .listOffsets(Map.of(new TopicPartition(TOPIC, 0), OffsetSpec.latest()))
                      .partitionResult(new TopicPartition(TOPIC, 0))
                      .get()
                      .offset()
                  == 4
              ? 0
              : 1;
      // somebody has done one of four, and nothing of the other partition
      admin
          .alterConsumerGroupOffsets(
              "joulestream-other",
              Map.of(new TopicPartition(TOPIC, partition), new OffsetAndMetadata(1)))
          .all()
          .get();
      writer.start();
      Await.until(
          "the group's lag is told",
          () ->
              rows(store, "component, topic, lag_records", "lag_records IS NOT NULL")
                  .contains("[\"joulestream-other\",\"job-window\",3]"));
      assertThat(rows(store, "component, topic, lag_records", "lag_records IS NOT NULL"))
          .contains("[\"%s\",\"job-window\",0]".formatted(StoreWriter.GROUP));
      Await.until(
          "what could not be read is told",
          () ->
              rows(store, "component, unreadable, refused_by_store, retries", "unreadable = 1")
                  .contains("[\"writer-0\",1,0,0]"));
      assertThat(rows(store, "component", "topic = 'telemetry' AND records_per_second = 0"))
          .contains("kafka");
    }
  }

  private static String rows(EmbeddedQuestDb store, String columns, String which)
      throws IOException, InterruptedException {
    String sql = "SELECT %s FROM pipeline WHERE %s".formatted(columns, which);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(
                      store.url().resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8)))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private List<ConsumerRecord<byte[], byte[]>> deadLetters(int count) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
    TopicPartition partition = new TopicPartition(Topic.DEAD_LETTER.topicName(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Await.until(
          count + " dead letters",
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            return letters.size() >= count;
          });
    }
    return letters;
  }

  @Test
  void whatIsWrittenTwice_countsOnce_andACorrectionReplaces() throws Exception {
    int port = FreePort.findLasting();
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(folder.resolve("store"), port);
        QuestDbReader reader = new QuestDbReader(store.url())) {
      publish(window(START, 1_000), window(START + 10_000, 200));
      try (StoreWriter writer = writer(port)) {
        writer.start();
        Await.until("written", writer::caughtUp);
      }
      // as after a crash between the store's answer and the commit
      try (Admin admin = Admin.create(kafka)) {
        Map<TopicPartition, OffsetAndMetadata> zero = new HashMap<>();
        for (int partition = 0; partition < 2; partition++) {
          zero.put(new TopicPartition(TOPIC, partition), new OffsetAndMetadata(0));
        }
        Await.until(
            "its session is over",
            () -> {
              try {
                admin.alterConsumerGroupOffsets(StoreWriter.GROUP, zero).all().get();
                return true;
              } catch (ExecutionException e) {
                return false;
              }
            });
      }
      publish(window(START, 400));
      try (StoreWriter writer = writer(port)) {
        writer.start();
        Await.until("written again", writer::caughtUp);
        assertThat(writer.pointsWritten()).isEqualTo(2);
      }
      Await.until("it is visible", reader::applied);
      assertThat(reader.jobEnergyMillijoules()).isEqualTo(600);
    }
  }
}
