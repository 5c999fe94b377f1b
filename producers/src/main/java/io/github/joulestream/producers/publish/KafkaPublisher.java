// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes to Kafka: idempotent, acknowledged by all in-sync replicas, in batches. When the
 * cluster cannot keep up, publishing waits. Safe for use by many threads.
 */
public final class KafkaPublisher implements Publisher {
  private static final int REACH_MILLIS = 5_000;

  private final KafkaProducer<String, byte[]> producer;
  private final AtomicLong published = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private KafkaPublisher(KafkaProducer<String, byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Connects to a cluster.
   *
   * @param kafka {@code bootstrap.servers} and what else the cluster takes
   * @throws UserError if it does not answer within 5 s, or lacks the topics
   */
  public static KafkaPublisher connect(Map<String, Object> kafka, String clientId) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REACH_MILLIS);
    KafkaProducer<String, byte[]> producer;
    try {
      producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new UserError(
          "cannot use %s as Kafka's address: %s"
              .formatted(
                  kafka.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG),
                  e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
    try {
      producer.partitionsFor(Topic.TELEMETRY.topicName());
    } catch (TimeoutException e) {
      producer.close(java.time.Duration.ZERO);
      throw new UserError(
          ("cannot reach Kafka at %s within %d s, or it has no topic %s; start one (joulestream up),"
                  + " create the topics (joulestream topics create), or give --kafka HOST:PORT")
              .formatted(
                  kafka.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG),
                  REACH_MILLIS / 1000,
                  Topic.TELEMETRY.topicName()),
          e);
    }
    return new KafkaPublisher(producer);
  }

  @Override
  public void publish(TelemetryBatch batch) {
    String key = Keys.node(batch.site(), batch.node());
    String topic = Topic.TELEMETRY.topicName();
    send(topic, key, WireSerdes.telemetry().serializer().serialize(topic, batch));
  }

  @Override
  public void publish(AllocationEvent event) {
    String key = Keys.node(event.site(), event.node());
    String topic = Topic.ALLOCATIONS.topicName();
    send(topic, key, WireSerdes.allocations().serializer().serialize(topic, event));
  }

  @Override
  public void publish(JobRecord job) {
    String key = Keys.job(job.site(), job.job());
    String topic = Topic.JOBS.topicName();
    send(topic, key, WireSerdes.jobs().serializer().serialize(topic, job));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
  private void send(String topic, String key, byte[] value) {
    throwFailure();
    while (true) {
      try {
        producer.send(
            new ProducerRecord<>(topic, key, value),
            (_, e) -> {
              if (e == null) {
                published.incrementAndGet();
              } else {
                failure.compareAndSet(null, e);
              }
            });
        return;
      } catch (TimeoutException e) {
        // the buffer is full and the cluster slow: wait on, unless something was lost already
        throwFailure();
      }
    }
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw new UserError("Kafka did not take a record: " + e.getMessage(), e);
    }
  }

  /** Records acknowledged so far. */
  public long published() {
    return published.get();
  }

  @Override
  public void flush() {
    producer.flush();
    throwFailure();
  }

  @Override
  public void close() {
    producer.close();
  }
}
