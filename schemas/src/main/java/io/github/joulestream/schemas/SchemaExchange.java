// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of all releases that ever wrote, in the compacted topic {@code schemas}: {@code topics
 * create} of a release puts its own there, and programs read it in the background. So an older
 * reader understands a newer writer without a registry to run, and who writes records needs no
 * permission to decide how they are read.
 *
 * <p>Who meets an unknown schema looks it up in memory. Only if the topic was not read to its end
 * within the last second does it wait for that: 5 s of each minute at most, over all threads of the
 * process together. What is not there then is not known, and its record is refused.
 */
public final class SchemaExchange implements AutoCloseable {
  private static final String CLIENT_ID = "joulestream-schemas";
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The topic is not read to its end for a look-up more often than this. */
  static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AtomicReference<@Nullable SchemaExchange> JOINED = new AtomicReference<>();

  private final SchemaTail tail;
  private final LongSupplier nanos;
  private final long mostWaitNanos;
  // guarded by this
  private long periodNanos;
  private long waitedNanos;
  private long restUntilNanos;

  /**
   * One that looks into what this reads.
   *
   * @param mostWaitNanos how long all look-ups wait together within {@link #PERIOD_NANOS}
   */
  SchemaExchange(SchemaTail tail, LongSupplier nanos, long mostWaitNanos) {
    this.tail = tail;
    this.nanos = nanos;
    this.mostWaitNanos = mostWaitNanos;
    this.periodNanos = nanos.getAsLong();
    this.restUntilNanos = periodNanos;
  }

  /**
   * From now on this process understands records of other releases. One cluster at a time.
   *
   * @param kafka how to reach the cluster
   */
  public static SchemaExchange join(KafkaClients kafka) {
    SchemaExchange exchange = open(kafka);
    KnownSchemas.INSTANCE.lookIn(exchange::find);
    SchemaExchange before = JOINED.getAndSet(exchange);
    if (before != null) {
      before.close();
    }
    return exchange;
  }

  private static SchemaExchange open(KafkaClients kafka) {
    KafkaClients own =
        kafka
            .with(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false)
            .with(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "")
            .withDefault(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 30_000);
    return new SchemaExchange(
        new SchemaTail(() ->
            own.consumer(CLIENT_ID, new ByteArrayDeserializer(), new ByteArrayDeserializer())),
        System::nanoTime,
        MAX_WAIT_NANOS);
  }

  /**
   * Puts this release's schemas into the topic: for the setup of a cluster, and needs permission to
   * write there.
   *
   * @param kafka how to reach the cluster
   */
  public static void publish(KafkaClients kafka) throws ExecutionException, InterruptedException {
    try (KafkaProducer<String, String> producer =
        kafka.producer(CLIENT_ID, new StringSerializer(), new StringSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Schema schema : KnownSchemas.own()) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    Topic.SCHEMAS.topicName(),
                    ForeignSchema.key(KnownSchemas.fingerprint(schema)),
                    schema.toString())));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    }
  }

  /**
   * What is wrong with the topic, one line each; none if it holds all schemas of this release. For
   * once; who has {@linkplain #join joined} asks {@link #differences(Duration)}.
   *
   * @param kafka how to reach the cluster
   * @param limit how long to wait for the topic
   */
  public static List<String> differences(KafkaClients kafka, Duration limit)
      throws InterruptedException {
    try (SchemaExchange exchange = open(kafka)) {
      return exchange.differences(limit);
    }
  }

  /**
   * What is wrong with the topic, one line each; none if it holds all schemas of this release.
   *
   * @param limit how long to wait for the topic
   */
  public List<String> differences(Duration limit) throws InterruptedException {
    String name = Topic.SCHEMAS.topicName();
    if (!tail.catchUp(limit.toNanos())) {
      String trouble = tail.trouble();
      return List.of(
          "%s: cannot be read within %d s%s"
              .formatted(name, limit.toSeconds(), trouble == null ? "" : ": " + trouble));
    }
    List<String> missing =
        KnownSchemas.own().stream()
            .filter(schema -> tail.get(KnownSchemas.fingerprint(schema)) == null)
            .map(Schema::getName)
            .sorted()
            .toList();
    return missing.isEmpty()
        ? List.of()
        : List.of("%s: lacks this release's %s".formatted(name, String.join(", ", missing)));
  }

  /** The schema with that fingerprint, or null if it is not in the topic. */
  @Nullable Schema find(long fingerprint) {
    Schema known = tail.get(fingerprint);
    if (known != null) {
      return known;
    }
    long began = nanos.getAsLong();
    long allowed = allowedAt(began);
    if (allowed <= 0) {
      return null;
    }
    try {
      tail.catchUp(allowed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waited(began);
    return tail.get(fingerprint);
  }

  private synchronized long allowedAt(long now) {
    if (now - periodNanos >= PERIOD_NANOS) {
      periodNanos = now;
      waitedNanos = 0;
    }
    return now - restUntilNanos < 0 ? 0 : mostWaitNanos - waitedNanos;
  }

  private synchronized void waited(long began) {
    long now = nanos.getAsLong();
    waitedNanos += now - began;
    restUntilNanos = now + REST_NANOS;
  }

  @Override
  public void close() {
    JOINED.compareAndSet(this, null);
    tail.close();
  }
}
