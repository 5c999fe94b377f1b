// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.app.log.Unreadable;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Records of a topic as it is now: the latest of each key, or all. */
final class LatestRecords {
  private static final Duration POLL = Duration.ofMillis(500);

  private LatestRecords() {}

  /**
   * Reads up to what is committed now.
   *
   * @param kafka how to reach the cluster
   */
  static <T> SortedMap<String, T> of(
      Topic topic, Deserializer<T> deserializer, KafkaClients kafka) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(kafka)) {
      return read(consumer, partitions(consumer, topic), deserializer, _ -> true);
    }
  }

  /**
   * Those of another topic, whose keys are as wanted; none if there is no such topic.
   *
   * @param wanted keys that are looked at
   */
  static <T> SortedMap<String, T> of(
      String topic, Predicate<String> wanted, Deserializer<T> deserializer, KafkaClients kafka) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(kafka)) {
      List<PartitionInfo> partitions = consumer.listTopics().getOrDefault(topic, List.of());
      return read(
          consumer,
          partitions.stream().map(one -> new TopicPartition(topic, one.partition())).toList(),
          deserializer,
          wanted);
    }
  }

  /** That of one key. Reads the partition of the key first, then all. */
  static <T> Optional<T> find(
      Topic topic, String key, Deserializer<T> deserializer, KafkaClients kafka) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(kafka)) {
      List<TopicPartition> all = partitions(consumer, topic);
      int own = partitionOf(key, all.size());
      List<TopicPartition> first =
          all.stream().filter(partition -> partition.partition() == own).toList();
      return Optional.ofNullable(read(consumer, first, deserializer, key::equals).get(key))
          // another client may spread its keys in another way
          .or(() -> Optional.ofNullable(read(consumer, all, deserializer, key::equals).get(key)));
    }
  }

  /**
   * Takes all records of a topic whose keys are as wanted, those of a key in their order.
   *
   * @param key records of this key alone, in the partition that Kafka's own clients choose for it;
   *     null for all
   */
  static <T> void forEach(
      Topic topic,
      @Nullable String key,
      Deserializer<T> deserializer,
      KafkaClients kafka,
      Consumer<T> taker) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(kafka)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      if (key != null) {
        int own = partitionOf(key, partitions.size());
        partitions = partitions.stream().filter(one -> one.partition() == own).toList();
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Unreadable unreadable = new Unreadable();
      poll(
          consumer,
          partitions,
          record -> {
            if (record.value() == null || (key != null && !key.equals(record.key()))) {
              return;
            }
            T value;
            try {
              value = deserializer.deserialize(record.topic(), record.value());
            } catch (RuntimeException | StackOverflowError e) {
              unreadable.add(record, e);
              return;
            }
            taker.accept(value);
          });
      unreadable.report();
    }
  }

  private static int partitionOf(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % partitions;
  }

  private static KafkaConsumer<String, byte[]> consumer(KafkaClients kafka) {
    return kafka.consumer(
        "joulestream-latest", new StringDeserializer(), new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, Topic topic) {
    return consumer.partitionsFor(topic.topicName()).stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private static <T> SortedMap<String, T> read(
      KafkaConsumer<String, byte[]> consumer,
      List<TopicPartition> partitions,
      Deserializer<T> deserializer,
      Predicate<String> wanted) {
    SortedMap<String, T> latest = new TreeMap<>();
    Unreadable unreadable = new Unreadable();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    poll(
        consumer,
        partitions,
        record -> {
          if (record.key() != null && wanted.test(record.key())) {
            take(record, deserializer, latest, unreadable);
          }
        });
    unreadable.report();
    return latest;
  }

  /** Takes records from where the consumer is up to what is committed now. */
  private static void poll(
      KafkaConsumer<String, byte[]> consumer,
      List<TopicPartition> partitions,
      Consumer<ConsumerRecord<String, byte[]>> taker) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer.poll(POLL).forEach(taker);
    }
  }

  private static <T> void take(
      ConsumerRecord<String, byte[]> record,
      Deserializer<T> deserializer,
      SortedMap<String, T> latest,
      Unreadable unreadable) {
    if (record.value() == null) {
      latest.remove(record.key());
      unreadable.replaced(record);
      return;
    }
    try {
      latest.put(record.key(), deserializer.deserialize(record.topic(), record.value()));
      unreadable.replaced(record);
    } catch (RuntimeException | StackOverflowError e) {
      unreadable.add(record, e);
    }
  }
}
