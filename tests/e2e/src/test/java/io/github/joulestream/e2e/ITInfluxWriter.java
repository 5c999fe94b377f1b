// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.influx.InfluxApi;
import io.github.joulestream.store.influx.InfluxV1;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store writer between a real broker and a real InfluxDB, with something between them that does
 * to writes what networks and overloaded servers do.
 */
class ITInfluxWriter {
  /** How long the store is away, s; 300 for the long run. */
  private static final int AWAY_SECONDS = Integer.getInteger("away.seconds", 12);

  /** Windows published per second meanwhile. */
  private static final int RATE = Integer.getInteger("away.rate", 1_000);

  private static final int PARTITIONS = 4;
  private static final Buckets BUCKETS = Buckets.named("joulestream");
  private static final long DAY = Duration.ofDays(1).toMillis();

  /** Midnight: InfluxDB 1.x cuts what it keeps for weeks into days. */
  private static final long TODAY = Math.floorDiv(System.currentTimeMillis(), DAY) * DAY;

  @TempDir Path folder;
  private @Nullable EmbeddedKafka broker;
  private Map<String, Object> kafka = Map.of();
  private @Nullable Influxd server;
  private @Nullable FaultyStore proxy;

  @BeforeEach
  void start() throws Exception {
    Influxd influxd = Influxd.start(folder.resolve("influx"));
    server = influxd;
    proxy = new FaultyStore(influxd.url());
    EmbeddedKafka kafkaBroker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    broker = kafkaBroker;
    kafka = Map.of("bootstrap.servers", kafkaBroker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(PARTITIONS, (short) 1);
    }
  }

  @AfterEach
  void stop() {
    if (broker != null) {
      broker.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private Influxd server() {
    return java.util.Objects.requireNonNull(server);
  }

  private FaultyStore proxy() {
    return java.util.Objects.requireNonNull(proxy);
  }

  private static InfluxAddress address(URI url) {
    return new InfluxAddress(url, InfluxAddress.NO_TOKEN, "unused");
  }

  private StoreConnection connect() throws IOException {
    StoreConnection connection = StoreConnection.to(address(proxy().url()), null, BUCKETS);
    connection.prepare();
    return connection;
  }

  private StoreWriter writer(String instance, StoreConnection connection) {
    return new StoreWriter(
        KafkaClients.of(kafka), instance, connection.sink(), EpochClock.system());
  }

  private static JobWindow window(String job, long startEpochMillis, long millijoules) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.set(JobAmount.TOTAL_MILLIJOULES, millijoules);
    return new JobWindow("site", job, startEpochMillis, 10_000, totals);
  }

  private static ProducerRecord<String, byte[]> record(JobWindow window) {
    String topic = Topic.JOB_WINDOW.topicName();
    return new ProducerRecord<>(
        topic,
        window.site() + "/" + window.job(),
        WireSerdes.jobWindows().serializer().serialize(topic, JobWindows.of(window)));
  }

  private KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
  }

  private long committed() throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      return admin
          .listConsumerGroupOffsets(StoreWriter.GROUP)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .filter(java.util.Objects::nonNull)
          .mapToLong(offset -> offset.offset())
          .sum();
    }
  }

  /** Energy in the store by job and start of window. */
  private Map<String, Long> stored() throws IOException {
    Map<String, Long> stored = new TreeMap<>();
    try (InfluxApi api = new InfluxV1(address(server().url()))) {
      api.influxQl()
          .query(
              BUCKETS.weeks().name(),
              "SELECT total_millijoules FROM job_window GROUP BY job",
              row ->
                  stored.merge(
                      row.text("job") + "@" + row.number("time") / 1_000_000,
                      row.number("total_millijoules"),
                      Long::sum));
    }
    return stored;
  }

  /** Publishes at a steady rate until it is stopped; remembers what the store must have. */
  private final class Load implements AutoCloseable {
    final Map<String, Long> expected = new ConcurrentHashMap<>();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong published = new AtomicLong();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = Thread.ofPlatform().name("load").start(this::run);

    private void run() {
      long start = System.nanoTime();
      try (KafkaProducer<String, byte[]> producer = producer()) {
        for (long i = 0; !stopping.get(); i++) {
          // every tenth corrects a window of a while ago, every fiftieth is too old for the bucket
          boolean correction = i % 10 == 9 && i > 2_000;
          boolean old = i % 50 == 7;
          long n = correction ? i - 1_000 - i % 50 : i;
          long time = TODAY - (old ? 90 * DAY : DAY) + n / 20 * 10_000;
          JobWindow window = window("job" + n % 20, time, correction ? i + 7 : i + 1);
          var _ = producer.send(record(window)); // counted and compared at the end
          published.incrementAndGet();
          if (old && !correction) {
            refused.incrementAndGet();
          } else {
            expected.put(
                window.job() + "@" + time, window.totals().get(JobAmount.TOTAL_MILLIJOULES));
          }
          long ahead = start + (i + 1) * 1_000_000_000L / RATE - System.nanoTime();
          if (ahead > 0) {
            LockSupport.parkNanos(ahead);
          }
        }
      } catch (RuntimeException e) {
        failure.set(e);
      }
    }

    @Override
    public void close() {
      stopping.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      assertThat(failure.get()).isNull();
    }
  }

  /** Nothing counts as stored while the store is away, for so long. */
  private void staysAway(StoreWriter writer, Duration time) throws Exception {
    // what was under way when it went
    Await.until("it notices", () -> writer.storeTrouble().isPresent());
    long committed = committed();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      assertThat(committed()).as("offsets while the store is away").isEqualTo(committed);
      LockSupport.parkNanos(200_000_000);
    }
  }

  /** How far they are. */
  private static String progress(Load load, StoreWriter... writers) {
    StringBuilder text = new StringBuilder("%,d published".formatted(load.published.get()));
    for (StoreWriter writer : writers) {
      text.append(
          "%n%,d points, %,d refused, %,d retries, behind %,d, %s, trouble %s, failure %s"
              .formatted(
                  writer.pointsWritten(),
                  writer.recordsRefused(),
                  writer.retries(),
                  writer.behind(),
                  writer.health(),
                  writer.storeTrouble(),
                  writer.failure()));
    }
    return text.toString();
  }

  @Test
  void aStoreThatIsAwayUnderLoad_losesNothing_andHasNothingTwice() throws Exception {
    StoreConnection connection = connect();
    Duration part = Duration.ofMillis(AWAY_SECONDS * 1_000L / 6);
    Load load = new Load();
    try (load;
        StoreWriter first = writer("first", connection)) {
      first.start();
      Await.until("it writes", () -> first.pointsWritten() > RATE / 2);

      proxy().become(FaultyStore.Mode.UNAVAILABLE);
      staysAway(first, part);
      proxy().become(FaultyStore.Mode.TOO_MANY);
      staysAway(first, part);
      proxy().become(FaultyStore.Mode.STORED_BUT_503);
      staysAway(first, part);
      proxy().become(FaultyStore.Mode.STORED_BUT_CUT);
      staysAway(first, part);
      proxy().disappear();
      try (StoreWriter second = writer("second", connection)) {
        // one that comes while the store is away: partitions change hands
        second.start();
        staysAway(second, part);
        server().kill();
        proxy().comeBack();
        proxy().become(FaultyStore.Mode.PASS);
        staysAway(second, part);
        server().startAgain();
        Await.until("it is back", () -> second.storeTrouble().isEmpty());
        Await.until("and for the other", () -> first.storeTrouble().isEmpty());
        load.close();
        Await.until(
            "all is stored",
            Duration.ofSeconds(60 + AWAY_SECONDS),
            () -> committed() == load.published.get(),
            () -> progress(load, first, second));
        assertThat(first.failure()).isEmpty();
        assertThat(second.failure()).isEmpty();
        // a record may be refused again where its offset could not be committed
        assertThat(first.recordsRefused() + second.recordsRefused())
            .isGreaterThanOrEqualTo(load.refused.get());
        System.out.printf(
            "away for %d s: %,d records, %,d points written for %,d, %,d too old, %,d retries%n",
            AWAY_SECONDS,
            load.published.get(),
            first.pointsWritten() + second.pointsWritten(),
            load.expected.size(),
            load.refused.get(),
            first.retries() + second.retries());
      }
    }
    Map<String, Long> stored = stored();
    assertThat(stored).isEqualTo(new TreeMap<>(load.expected));
    new FaultRow(
            "the store away for %,d s, in six ways, two writers".formatted(AWAY_SECONDS),
            1,
            "results wait in Kafka; each point is there once",
            "%,d windows published, %,d stored"
                .formatted(load.published.get() - load.refused.get(), stored.size()),
            Math.max(0, load.expected.size() - stored.size()),
            Math.max(0, stored.size() - load.expected.size()),
            Math.abs(
                load.expected.values().stream().mapToLong(Long::longValue).sum()
                    - stored.values().stream().mapToLong(Long::longValue).sum()))
        .report();
    assertThat(
            letters((int) load.refused.get()).stream()
                .map(letter -> header(letter, "partition") + "@" + header(letter, "offset"))
                .distinct()
                .count())
        .isEqualTo(load.refused.get());
  }

  @Test
  void aServerThatSaysWhenToComeBack_isLeftAloneUntilThen() throws Exception {
    StoreConnection connection = connect();
    FaultyStore store = proxy();
    store.become(FaultyStore.Mode.TOO_MANY);
    store.retryAfterSeconds(3);
    int before = store.writes().size();
    try (StoreWriter writer = writer("writer", connection);
        KafkaProducer<String, byte[]> producer = producer()) {
      producer.send(record(window("job", TODAY, 5))).get();
      writer.start();
      Await.until("it has tried twice", () -> store.writes().size() >= before + 2);
      List<Long> writes = store.writes();
      assertThat(Duration.ofNanos(writes.get(before + 1) - writes.get(before)))
          .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(6));
      store.become(FaultyStore.Mode.PASS);
      Await.until("it is stored", () -> writer.pointsWritten() == 1);
    }
  }

  /**
   * In this InfluxDB a field has one type for each day. On some days something else has written the
   * field as a text: what we have for these days is refused, and what lies between is not.
   */
  @Test
  void refusedPointsAmongMany_areFoundInFewRequests_andKeptWithTheServersReason() throws Exception {
    StoreConnection connection = connect();
    int days = 24;
    int windowsOfADay = 400;
    try (InfluxApi api = new InfluxV1(address(server().url()))) {
      for (int day = 1; day <= days; day += 2) {
        long nanos = (TODAY - day * DAY) * 1_000_000;
        assertThat(
                api.write(
                        BUCKETS.weeks().name(),
                        "job_window,job=x total_millijoules=\"text\" " + nanos)
                    .toString())
            .isEqualTo("204");
      }
    }
    Map<String, Long> expected = new TreeMap<>();
    int refused = 0;
    int published = 0;
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (int day = 1; day <= days; day++) {
        boolean bad = day % 2 == 1;
        for (int i = 0; i < (bad ? 1 : windowsOfADay); i++) {
          long time = TODAY - day * DAY + i * 10_000L;
          var _ = producer.send(record(window("job", time, i + 1)));
          published++;
          if (bad) {
            refused++;
          } else {
            expected.put("job@" + time, i + 1L);
          }
        }
      }
    }
    int before = proxy().writes().size();
    try (StoreWriter writer = writer("writer", connection)) {
      writer.start();
      Await.until("all is dealt with", writer::caughtUp);
      assertThat(writer.recordsRefused()).isEqualTo(refused);
    }
    int requests = proxy().writes().size() - before;
    System.out.printf(
        "%,d of %,d points refused, found in %,d requests%n", refused, published, requests);
    // each costs at most two requests for each time the batch can be halved
    assertThat(requests).isLessThan(refused * 2 * 13 + 10);
    Map<String, Long> stored = stored();
    stored.keySet().removeIf(key -> key.startsWith("x@"));
    assertThat(stored).isEqualTo(expected);
    for (ConsumerRecord<byte[], byte[]> letter : letters(refused)) {
      assertThat(header(letter, "reason")).contains("field type conflict").contains("dropped=1");
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private List<ConsumerRecord<byte[], byte[]>> letters(int atLeast) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
    List<TopicPartition> partitions = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer
          .partitionsFor(Topic.DEAD_LETTER.topicName())
          .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      Await.until(
          "all dead letters",
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
          });
    }
    assertThat(letters).hasSizeGreaterThanOrEqualTo(atLeast);
    return letters;
  }

  @Test
  void theCommand_waitsForTheStore_makesWhatIsMissing_andTheDoctorReadsTheBooks() throws Exception {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.set(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1L << 60);
    totals.set(SiteAmount.JOBS_TOTAL_MILLIJOULES, (1L << 60) - 3);
    totals.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, 3);
    String topic = Topic.LEDGER.topicName();
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (int length : new int[] {10_000, 3_600_000}) {
        SiteWindow window = new SiteWindow("site", TODAY - DAY, length, totals);
        producer
            .send(
                new ProducerRecord<>(
                    topic, "site", WireSerdes.siteWindows().serializer().serialize(topic, window)))
            .get();
      }
    }
    String url = proxy().url().toString();
    String brokers = String.valueOf(kafka.get("bootstrap.servers"));
    proxy().disappear();
    try (Program writer =
        Program.start(
            "store-writer", "--store-url", url, "--kafka", brokers, "--retention", "30d")) {
      writer.awaitLine("waiting for the store at " + url);
      proxy().comeBack();
      writer.awaitLine("is InfluxDB 1.x");
      writer.awaitLine("made database joulestream, which keeps for 30 days");
      writer.awaitLine("made database joulestream-years, which keeps for 3,650 days");
      writer.awaitLine("2 points stored");
      writer.interrupt();
      writer.await();
    }
    try (Program doctor = Program.start("doctor", "--ledger", "--exact", "--store-url", url)) {
      assertThat(doctor.await()).as(doctor.output()).isZero();
      assertThat(doctor.output())
          .contains("the books balance")
          .contains("1,152,921,504,606,846,973");
    }
    try (Program doctor = Program.start("doctor", "--store-url", url, "--kafka", brokers)) {
      assertThat(doctor.await()).as(doctor.output()).isEqualTo(1);
      assertThat(doctor.output())
          .contains("InfluxDB 1.x answers")
          .contains("joulestream keeps for 30 days, not for 35 days");
    }
    try (PointSink sink = connect().sink();
        ResultReader reader = connect().reader()) {
      totals.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, 4);
      sink.write(List.of(LedgerPoint.of(new SiteWindow("site", TODAY - DAY, 3_600_000, totals))));
      assertThat(reader.unbalanced(0, ResultReader.END_EPOCH_MILLIS)).hasSize(1);
    }
    try (Program doctor = Program.start("doctor", "--ledger", "--store-url", url)) {
      assertThat(doctor.await()).as(doctor.output()).isEqualTo(1);
      assertThat(doctor.output()).contains("THE BOOKS DO NOT BALANCE");
    }
  }
}
