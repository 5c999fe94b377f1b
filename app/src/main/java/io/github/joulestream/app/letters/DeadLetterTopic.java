// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.app.letters.DeadLetter.Place;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The topic {@code dead-letter}, read from its end: the newest first, a few hundred at a time, and
 * no further than is asked for.
 */
public final class DeadLetterTopic {
  private static final String TOPIC = Topic.DEAD_LETTER.topicName();
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int AT_A_TIME = 256;

  private final KafkaClients kafka;

  /**
   * @param kafka how to reach the cluster
   */
  public DeadLetterTopic(KafkaClients kafka) {
    this.kafka = kafka;
  }

  /** Makes something of a letter, or null if it is not wanted. */
  @FunctionalInterface
  private interface Wanted<T> {
    @Nullable T of(ConsumerRecord<byte[], byte[]> record);
  }

  /** Letters that are wanted, the newest first, at most so many. */
  public List<DeadLetter> newest(long sinceEpochMillis, int limit, Predicate<DeadLetter> wanted) {
    List<DeadLetter> letters =
        read(
            sinceEpochMillis,
            limit,
            record -> {
              DeadLetter letter = DeadLetter.of(record);
              return wanted.test(letter) ? letter : null;
            });
    letters.sort(Comparator.comparingLong(DeadLetter::epochMillis).reversed());
    return letters.subList(0, Math.min(limit, letters.size()));
  }

  /** The newest letter of that record, in full; null if there is none. */
  public @Nullable ConsumerRecord<byte[], byte[]> find(Place place) {
    List<ConsumerRecord<byte[], byte[]>> found =
        read(
            0,
            1,
            record -> {
              DeadLetter letter = DeadLetter.of(record);
              return letter.place().equals(place) ? record : null;
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Of each partition the newest that are wanted, at most so many. */
  private <T> List<T> read(long sinceEpochMillis, int limit, Wanted<T> wanted) {
    List<T> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = connect()) {
      for (TopicPartition partition : partitions(consumer)) {
        all.addAll(
            read(
                consumer,
                partition,
                sinceEpochMillis,
                limit,
                record -> DeadLetter.isNote(record) ? null : wanted.of(record)));
      }
    }
    return all;
  }

  /**
   * Takes all records of the topic that were put there since then, with the notes of what was
   * written again, the oldest first.
   */
  public void forEach(long sinceEpochMillis, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    try (KafkaConsumer<byte[], byte[]> consumer = connect()) {
      for (TopicPartition partition : partitions(consumer)) {
        consumer.assign(List.of(partition));
        long end = requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
        long from = begin(consumer, partition, sinceEpochMillis);
        if (from >= end) {
          continue;
        }
        consumer.seek(partition, from);
        while (consumer.position(partition) < end) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            if (record.offset() < end) {
              taker.accept(record);
            }
          }
        }
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> connect() {
    return kafka.consumer(
        "joulestream-dead-letter", new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(TOPIC).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new UserError("Kafka has no topic dead-letter; run: joulestream topics create");
    }
    return partitions;
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
