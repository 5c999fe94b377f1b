// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.e2e.HostileRecords.Hostile;
import io.github.joulestream.e2e.HostileRecords.Kind;
import io.github.joulestream.schemas.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends what no honest program would, compressed, so that large values are small on the way. */
final class HostileWriter implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * A record that the broker took, without what is in it.
   *
   * @param valueBytes length of its value, -1 if it had none
   */
  record Sent(String topic, Kind kind, int valueBytes, int partition, long offset) {
    static Sent of(Hostile hostile, RecordMetadata at) {
      byte[] value = hostile.value();
      return new Sent(
          hostile.topic(),
          hostile.kind(),
          value == null ? -1 : value.length,
          at.partition(),
          at.offset());
    }

    /** Where it lies. */
    String place() {
      return "%s-%d@%d".formatted(topic, partition, offset);
    }
  }

  HostileWriter(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 64 << 20);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 96L << 20);
    // each has a place of its own, which is known
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends them all; those that the broker has taken. */
  List<Sent> send(List<Hostile> records) throws InterruptedException, ExecutionException {
    List<Future<RecordMetadata>> asked = new ArrayList<>();
    for (Hostile one : records) {
      // what is refused by the broker takes the rest of its batch with it
      boolean alone = one.key() == null;
      if (alone) {
        producer.flush();
      }
      asked.add(producer.send(new ProducerRecord<>(one.topic(), one.key(), one.value())));
      if (alone) {
        producer.flush();
      }
    }
    producer.flush();
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      Hostile one = records.get(i);
      try {
        sent.add(Sent.of(one, asked.get(i).get()));
      } catch (ExecutionException e) {
        // a compacted topic takes nothing without a key
        if (!(e.getCause() instanceof InvalidRecordException)
            || one.key() != null
            || !isCompacted(one.topic())) {
          throw new IllegalStateException("the broker did not take " + one, e.getCause());
        }
      }
    }
    return sent;
  }

  static boolean isCompacted(String name) {
    for (Topic topic : Topic.values()) {
      if (topic.topicName().equals(name)) {
        return topic.compacted();
      }
    }
    return false;
  }

  @Override
  public void close() {
    producer.close();
  }
}
