// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to Kafka: idempotent, acknowledged by all in-sync replicas, in batches. When the
 * cluster cannot keep up, publishing waits. Once the cluster has refused a record, every further
 * call fails: what was published after it may be missing too. Safe for use by many threads.
 */
public final class KafkaPublisher implements Publisher, GridPublisher {
  private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
  private static final int REACH_MILLIS = 5_000;
  private static final int DELIVERY_MILLIS = 120_000;
  private static final List<Topic> TOPICS = List.of(Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS);

  private final Producer<String, byte[]> producer;
  private final RecordSigner signer;
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  KafkaPublisher(Producer<String, byte[]> producer) {
    this(producer, RecordSigner.NONE);
  }

  KafkaPublisher(Producer<String, byte[]> producer, RecordSigner signer) {
    this.producer = producer;
    this.signer = signer;
  }

  /**
   * Connects to a cluster.
   *
   * @param kafka how to reach the cluster
   * @param clientId begins with {@link KafkaClients#NAME_PREFIX}
   * @throws UserError if it does not answer within 5 s, or lacks the topics; or if the settings are
   *     such that no record could be sent
   */
  public static KafkaPublisher connect(KafkaClients kafka, String clientId) {
    return connect(kafka, clientId, RecordSigner.NONE);
  }

  /** As {@link #connect(KafkaClients, String)}; signs what it publishes. */
  public static KafkaPublisher connect(KafkaClients kafka, String clientId, RecordSigner signer) {
    KafkaClients own =
        ofProducers(kafka)
            .with(ProducerConfig.LINGER_MS_CONFIG, 20)
            .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS)
            // a full buffer waits as long as a record may take; it is no failure before
            .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_MILLIS);
    Compressions.check(own.producerConfig(clientId));
    String address = kafka.bootstrap();
    try {
      checkTopics(kafka, address, clientId);
      return new KafkaPublisher(
          own.producer(clientId, new StringSerializer(), new ByteArraySerializer()), signer);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      throw new UserError(
          "cannot use Kafka at %s: %s"
              .formatted(
                  address, e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
  }

  /** With the settings of every producer of readings. */
  static KafkaClients ofProducers(KafkaClients kafka) {
    return kafka
        .withDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd")
        .with(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
  }

  /** An admin client, and not the producer, so that the producer may wait longer than this. */
  private static void checkTopics(KafkaClients kafka, String address, String clientId) {
    Admin admin =
        kafka
            .with(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REACH_MILLIS)
            .with(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REACH_MILLIS)
            .admin(clientId + "-check");
    try {
      admin
          .describeTopics(TOPICS.stream().map(Topic::topicName).toList())
          .allTopicNames()
          .get(REACH_MILLIS + 500, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause(), "cause");
      if (cause instanceof TimeoutException) {
        throw unreachable(address, cause);
      }
      if (cause instanceof UnknownTopicOrPartitionException) {
        throw new UserError(
            "Kafka at %s lacks topics; create them: joulestream topics create".formatted(address),
            cause);
      }
      throw new KafkaException(cause);
    } catch (java.util.concurrent.TimeoutException e) {
      throw unreachable(address, e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private static UserError unreachable(String address, Throwable cause) {
    return new UserError(
        "cannot reach Kafka at %s within %d s; start one (joulestream up), or give --kafka HOST:PORT"
            .formatted(address, REACH_MILLIS / 1000),
        cause);
  }

  @Override
  public void publish(TelemetryBatch batch) {
    send(Message.of(batch));
  }

  @Override
  public void publish(AllocationEvent event) {
    send(Message.of(event));
  }

  @Override
  public void publish(JobRecord job) {
    send(Message.of(job));
  }

  @Override
  public void publish(NodeRecord node) {
    send(Message.of(node));
  }

  @Override
  public void publish(GridRecord record) {
    send(Message.of(record));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
  private void send(Message message) {
    throwFailure();
    producer.send(
        message.record(signer),
        (_, e) -> {
          if (e == null) {
            published.incrementAndGet();
          } else {
            failed.incrementAndGet();
            failure.compareAndSet(null, e);
          }
        });
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw new UserError("Kafka did not accept a record: " + e.getMessage(), e);
    }
  }

  /** Records acknowledged so far. */
  public long published() {
    return published.get();
  }

  /** Records that the cluster did not accept. */
  public long failed() {
    return failed.get();
  }

  @Override
  public void flush() {
    producer.flush();
    throwFailure();
  }

  /** Hands over what is still in the buffer, for a few seconds. {@link #flush} first to be sure. */
  @Override
  public void close() {
    producer.close(Duration.ofMillis(REACH_MILLIS));
    Exception e = failure.get();
    if (e != null) {
      log.warn("Kafka did not accept {} records; the first: {}", failed.get(), e.toString());
    }
  }
}
