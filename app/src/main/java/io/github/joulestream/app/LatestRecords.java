// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The latest record of each key of a compacted topic, as it is now. */
final class LatestRecords {
  private static final Logger log = LoggerFactory.getLogger(LatestRecords.class);
  private static final Duration POLL = Duration.ofMillis(500);

  private LatestRecords() {}

  /**
   * Reads up to what is committed now.
   *
   * @param kafka how to reach the cluster
   */
  static <T> SortedMap<String, T> of(
      Topic topic, Deserializer<T> deserializer, Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    SortedMap<String, T> latest = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          take(record, deserializer, latest);
        }
      }
    }
    return latest;
  }

  private static <T> void take(
      ConsumerRecord<String, byte[]> record,
      Deserializer<T> deserializer,
      SortedMap<String, T> latest) {
    if (record.value() == null) {
      latest.remove(record.key());
      return;
    }
    try {
      latest.put(record.key(), deserializer.deserialize(record.topic(), record.value()));
    } catch (SerializationException e) {
      log.warn("{} of {} cannot be read: {}", record.key(), record.topic(), e.getMessage());
    }
  }
}
