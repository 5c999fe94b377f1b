// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records of a site as its agents would, with their producer's settings, but takes
 * telemetry as bytes, so that it need not be encoded again for each node.
 */
final class RecordSender implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  RecordSender(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Connects to a broker.
   *
   * @param clientId begins with {@link KafkaClients#NAME_PREFIX}
   */
  static RecordSender connect(String bootstrap, String clientId) {
    KafkaProducer<byte[], byte[]> producer =
        KafkaClients.of(bootstrap)
            .with(
                Map.of(
                    ProducerConfig.COMPRESSION_TYPE_CONFIG,
                    "zstd",
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    256 << 10,
                    ProducerConfig.LINGER_MS_CONFIG,
                    20,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    120_000))
            .producer(clientId, new ByteArraySerializer(), new ByteArraySerializer());
    return new RecordSender(producer);
  }

  /** Sends an encoded batch. */
  void telemetry(byte[] key, byte[] batch) {
    send(Topic.TELEMETRY.topicName(), key, batch);
  }

  void allocation(AllocationEvent event) {
    send(Topic.ALLOCATIONS, Keys.node(event.site(), event.node()), WireSerdes.allocations(), event);
  }

  void job(JobRecord job) {
    send(Topic.JOBS, Keys.job(job.site(), job.job()), WireSerdes.jobs(), job);
  }

  void node(NodeRecord node) {
    send(Topic.NODES, Keys.node(node.site(), node.node()), WireSerdes.nodes(), node);
  }

  private <T> void send(Topic topic, String key, Serde<T> serde, T value) {
    String name = topic.topicName();
    send(name, key.getBytes(UTF_8), serde.serializer().serialize(name, value));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
  private void send(String topic, byte[] key, byte[] value) {
    throwFailure();
    producer.send(
        new ProducerRecord<>(topic, key, value),
        (_, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw new KafkaException("Kafka did not accept a record", e);
    }
  }

  /** Returns when everything sent so far is acknowledged. */
  void flush() {
    producer.flush();
    throwFailure();
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}
