// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

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
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.influx.InfluxApi;
import io.github.joulestream.store.influx.InfluxV1;
import io.github.joulestream.store.writer.StoreWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two store writers that share the work, of which one stops or dies again and again, between what
 * the store has and what is committed, too; and a store that is away at times. {@code
 * -Drebalance.rounds=60 -Drebalance.seed=7} for the long run.
 */
class ITWriterRebalance {
  private static final int ROUNDS = Integer.getInteger("rebalance.rounds", 4);
  private static final long SEED = Long.getLong("rebalance.seed", 1);
  private static final int RATE = 400;
  private static final long START =
      System.currentTimeMillis() / 10_000 * 10_000 - Duration.ofDays(1).toMillis();
  private static final Buckets BUCKETS = Buckets.named("joulestream");

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final Map<String, Long> expected = new ConcurrentHashMap<>();

  /** The real store, with what happens on the way to it. */
  private static final class Way implements PointSink {
    private final PointSink store;
    private final Random random;
    final AtomicBoolean dies = new AtomicBoolean();

    Way(PointSink store, long seed) {
      this.store = store;
      random = new Random(seed);
    }

    @Override
    public void write(List<StorePoint> points) {
      if (random.nextInt(20) == 0) {
        throw new StoreUnavailable("away for a moment", null);
      }
      boolean before = random.nextBoolean();
      if (dies.get() && before) {
        throw new IllegalStateException("dies before the store has it");
      }
      store.write(points);
      if (dies.get()) {
        throw new IllegalStateException("dies before it is committed");
      }
      if (random.nextInt(20) == 0) {
        throw new StoreUnavailable("stored, but the answer is lost", null);
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private record Running(StoreWriter writer, Way way) {}

  private Running start(Map<String, Object> kafka, StoreConnection store, String instance) {
    Way way = new Way(store.sink(), random.nextLong());
    StoreWriter writer =
        new StoreWriter(KafkaClients.of(kafka), instance, way, EpochClock.system());
    writer.start();
    return new Running(writer, way);
  }

  private void publish(Map<String, Object> kafka, AtomicBoolean stop) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; !stop.get(); i++) {
        Totals<JobAmount> totals = Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, i + 1);
        JobWindow window =
            new JobWindow("site", "job" + i % 20, START + i / 20 * 10_000L, 10_000, totals);
        String topic = Topic.JOB_WINDOW.topicName();
        var _ = // what is lost shows at the end
            producer.send(
                new ProducerRecord<>(
                    topic,
                    "site/" + window.job(),
                    WireSerdes.jobWindows().serializer().serialize(topic, JobWindows.of(window))));
        expected.put(window.job() + "@" + window.windowStartEpochMillis(), i + 1L);
        LockSupport.parkNanos(1_000_000_000L / RATE);
      }
    }
  }

  private static long committed(Admin admin) throws Exception {
    return admin
        .listConsumerGroupOffsets(StoreWriter.GROUP)
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .filter(Objects::nonNull)
        .mapToLong(offset -> offset.offset())
        .sum();
  }

  @Test
  void writersThatComeAndGo_storeAllOfIt() throws Exception {
    try (Influxd influx = Influxd.start(folder.resolve("influx"));
        EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
      StoreConnection store = StoreConnection.to(influx.address(), null, BUCKETS);
      store.prepare();
      Map<String, Running> writers = new HashMap<>();
      try (Admin admin = Admin.create(kafka)) {
        new TopicAdmin(admin).create(4, (short) 1);
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = Thread.ofPlatform().name("load").start(() -> publish(kafka, stop));
        for (String instance : List.of("a", "b")) {
          writers.put(instance, start(kafka, store, instance));
        }
        for (int round = 0; round < ROUNDS; round++) {
          String instance = round % 2 == 0 ? "a" : "b";
          Running running = Objects.requireNonNull(writers.remove(instance));
          long had = running.writer.pointsWritten();
          Await.until("it writes", () -> running.writer.pointsWritten() > had);
          if (random.nextBoolean()) {
            running.way.dies.set(true);
            Await.until("it dies", () -> running.writer.failure().isPresent());
          }
          running.writer.close();
          // within its session, or after it: then the other has taken over
          long away = random.nextInt(3) == 0 ? 11_000 : random.nextInt(1_500);
          long end = System.nanoTime() + away * 1_000_000;
          Await.until("it is away", () -> System.nanoTime() > end);
          writers.put(instance, start(kafka, store, instance));
        }
        stop.set(true);
        load.join();
        Await.until("all is committed", () -> committed(admin) == expected.size());
        for (Running running : writers.values()) {
          assertThat(running.writer.failure()).isEmpty();
        }
      } finally {
        writers.values().forEach(running -> running.writer.close());
      }
      Map<String, Long> stored = new TreeMap<>();
      try (InfluxApi api = new InfluxV1(influx.address())) {
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
      assertThat(stored).isEqualTo(new TreeMap<>(expected));
    }
  }
}
