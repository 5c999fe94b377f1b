// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsConfigs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is in topics. */
final class Topics {
  private static final String[] RESULTS = {
    "job-window", "job-summary", "site-window", "node-window", "ledger"
  };
  private static final Duration POLL = Duration.ofMillis(500);

  // a transaction's marker at the end of a partition is nothing to be read
  private static final int MARKERS = 2;
  private static final long SETTLE_MILLIS = 3_000;

  private Topics() {}

  static long end(Admin admin, String topic) throws ExecutionException, InterruptedException {
    return ends(admin, List.of(topic)).values().stream().mapToLong(Long::longValue).sum();
  }

  // of what is committed, as offsets are: both then belong to the same moment
  private static Map<TopicPartition, Long> ends(Admin admin, List<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(info ->
              wanted.put(new TopicPartition(topic.name(), info.partition()), OffsetSpec.latest()));
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  static long committed(Admin admin, String group, String topic)
      throws ExecutionException, InterruptedException {
    return committedEach(admin, group, topic).values().stream().mapToLong(Long::longValue).sum();
  }

  /** What a group has committed, by partition. */
  static Map<Integer, Long> committedEach(Admin admin, String group, String topic)
      throws ExecutionException, InterruptedException {
    Map<Integer, Long> offsets = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> {
          if (partition.topic().equals(topic) && offset != null) {
            offsets.put(partition.partition(), offset.offset());
          }
        });
    return offsets;
  }

  /**
   * Batches of telemetry that a Kafka Streams program is through with: what it has committed of
   * them, less the part that still waits in a repartition topic.
   */
  static long done(Admin admin, String group) throws ExecutionException, InterruptedException {
    double share = 1;
    for (String topic : admin.listTopics().names().get()) {
      if (topic.startsWith(group + "-") && topic.endsWith("-repartition")) {
        long end = end(admin, topic);
        share *= end == 0 ? 1 : 1 - (double) lag(admin, group, topic) / end;
      }
    }
    return (long) (committed(admin, group, "telemetry") * share);
  }

  /** Records of topics that a group has not committed yet. */
  static long lag(Admin admin, String group, String... topics)
      throws ExecutionException, InterruptedException {
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    long lag = 0;
    for (var end : ends(admin, List.of(topics)).entrySet()) {
      OffsetAndMetadata offset = committed.get(end.getKey());
      long behind = end.getValue() - (offset == null ? 0 : offset.offset());
      lag += behind <= MARKERS ? 0 : behind;
    }
    return lag;
  }

  /** Records from agents and schedulers that the topologies have not committed yet. */
  static long lagOfTopologies(Admin admin) throws ExecutionException, InterruptedException {
    return lag(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry", "allocations", "jobs");
  }

  /** Results that the store writer has not committed yet. */
  static long lagOfWriter(Admin admin) throws ExecutionException, InterruptedException {
    return lag(admin, StoreWriter.GROUP, RESULTS);
  }

  /** Waits until everything that was said is worked through and stored. */
  static void awaitWorkedThrough(Admin admin, Duration limit)
      throws InterruptedException, ExecutionException {
    long left = limit.toMillis() / 100;
    while (lagOfTopologies(admin) > 0 || lagOfWriter(admin) > 0) {
      if (left-- == 0) {
        throw new IllegalStateException(
            "not worked through " + limit.toSeconds() + " s after the load's end");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** How many partitions of a topic each member of a group has, where it has any. */
  static List<Long> parts(Admin admin, String group, String topic)
      throws ExecutionException, InterruptedException {
    return requireNonNull(
            admin.describeConsumerGroups(List.of(group)).all().get().get(group), group)
        .members()
        .stream()
        .map(member ->
            member.assignment().topicPartitions().stream()
                .filter(partition -> partition.topic().equals(topic))
                .count())
        .filter(count -> count > 0)
        .toList();
  }

  /** Asks until the answer stays the same: the last commits may bring what came before them. */
  static long awaitSteady(Callable<Long> question) throws Exception {
    long before;
    long answer = question.call();
    do {
      before = answer;
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      answer = question.call();
    } while (answer != before);
    return answer;
  }

  /** Bytes of the last values of all keys, keys included: what one would have to restore. */
  static long lastBytes(String bootstrap, String topic) {
    Map<ByteBuffer, Integer> sizes = new HashMap<>();
    read(
        bootstrap,
        topic,
        record -> {
          ByteBuffer key = ByteBuffer.wrap(record.key());
          if (record.value() == null) {
            sizes.remove(key);
          } else {
            sizes.put(key, record.key().length + record.value().length);
          }
        });
    return sizes.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Reads what is committed on a topic, from its beginning to its end. */
  static void read(String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(taker);
      }
    }
  }
}
