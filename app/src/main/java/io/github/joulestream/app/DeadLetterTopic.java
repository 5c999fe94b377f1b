// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The topic {@code dead-letter}, read from its end: the newest first, a few hundred at a time, and
 * no further than is asked for.
 */
final class DeadLetterTopic {
  private static final String TOPIC = Topic.DEAD_LETTER.topicName();
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int AT_A_TIME = 256;

  private final KafkaClients kafka;

  /**
   * @param kafka how to reach the cluster
   */
  DeadLetterTopic(KafkaClients kafka) {
    this.kafka = kafka;
  }

  /**
   * A dead letter without its value.
   *
   * @param epochMillis when it was put there, by the broker
   * @param topic where the record was read from; empty if the letter has none
   * @param partition of it; -1 if the letter has none
   * @param offset of it; -1 if the letter has none
   * @param key the key or its beginning, or null if there was none
   * @param sizeBytes of the whole value; -1 if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Letter(
      long epochMillis,
      String topic,
      int partition,
      long offset,
      byte @Nullable [] key,
      String reason,
      long sizeBytes) {
    static Letter of(ConsumerRecord<byte[], byte[]> record) {
      byte[] value = record.value();
      long size = number(record, DeadLetters.SIZE);
      return new Letter(
          record.timestamp(),
          text(record, DeadLetters.TOPIC),
          (int) number(record, DeadLetters.PARTITION),
          number(record, DeadLetters.OFFSET),
          record.key(),
          text(record, DeadLetters.REASON),
          size >= 0 || value == null ? size : value.length);
    }

    private static String text(ConsumerRecord<?, ?> record, String name) {
      Header header = record.headers().lastHeader(name);
      return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    private static long number(ConsumerRecord<?, ?> record, String name) {
      String text = text(record, name);
      // whoever may write to the topic may write anything
      return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }
  }

  /** Makes something of a letter, or null if it is not wanted. */
  @FunctionalInterface
  interface Wanted<T> {
    @Nullable T of(ConsumerRecord<byte[], byte[]> record);
  }

  /** Letters that are wanted, the newest first, at most so many. */
  List<Letter> newest(long sinceEpochMillis, int limit, Predicate<Letter> wanted) {
    List<Letter> letters =
        read(
            sinceEpochMillis,
            limit,
            record -> {
              Letter letter = Letter.of(record);
              return wanted.test(letter) ? letter : null;
            });
    letters.sort(Comparator.comparingLong(Letter::epochMillis).reversed());
    return letters.subList(0, Math.min(limit, letters.size()));
  }

  /** The newest letter of that record, in full; null if there is none. */
  @Nullable ConsumerRecord<byte[], byte[]> find(String topic, int partition, long offset) {
    List<ConsumerRecord<byte[], byte[]>> found =
        read(
            0,
            1,
            record -> {
              Letter letter = Letter.of(record);
              return letter.topic.equals(topic)
                      && letter.partition == partition
                      && letter.offset == offset
                  ? record
                  : null;
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Of each partition the newest that are wanted, at most so many. */
  private <T> List<T> read(long sinceEpochMillis, int limit, Wanted<T> wanted) {
    List<T> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        kafka.consumer(
            "joulestream-dead-letter", new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new UserError("Kafka has no topic dead-letter; run: joulestream topics create");
      }
      for (TopicPartition partition : partitions) {
        all.addAll(read(consumer, partition, sinceEpochMillis, limit, wanted));
      }
    }
    return all;
  }

  private static <T> List<T> read(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long sinceEpochMillis,
      int limit,
      Wanted<T> wanted) {
    consumer.assign(List.of(partition));
    long from = begin(consumer, partition, sinceEpochMillis);
    long to = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    List<T> newest = new ArrayList<>();
    while (to > from && newest.size() < limit) {
      long start = Math.max(from, to - AT_A_TIME);
      List<T> found = new ArrayList<>();
      consumer.seek(partition, start);
      while (consumer.position(partition) < to) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          T one = record.offset() < to ? wanted.of(record) : null;
          if (one != null) {
            found.add(one);
          }
        }
      }
      Collections.reverse(found);
      newest.addAll(found);
      to = start;
    }
    return newest.subList(0, Math.min(limit, newest.size()));
  }

  private static long begin(
      KafkaConsumer<?, ?> consumer, TopicPartition partition, long sinceEpochMillis) {
    long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    if (sinceEpochMillis <= 0) {
      return begin;
    }
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(partition, sinceEpochMillis)).get(partition);
    // nothing is as new as that
    return first == null ? Long.MAX_VALUE : Math.max(begin, first.offset());
  }
}
