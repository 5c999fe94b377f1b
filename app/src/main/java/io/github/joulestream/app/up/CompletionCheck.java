// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNullElse;

import io.github.joulestream.schemas.Topic;
import io.github.joulestream.streams.StreamsProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Tells when everything that was published has gone all the way into the store. Asks stage after
 * stage in the direction of the flow: what a stage has finished while nothing comes in any more
 * stays finished, so when the last one is done all are.
 */
final class CompletionCheck {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final List<String> INPUTS =
      List.of(Topic.TELEMETRY.topicName(), Topic.ALLOCATIONS.topicName(), Topic.JOBS.topicName());
  private static final List<String> RESULTS =
      List.of(
          Topic.JOB_WINDOW.topicName(),
          Topic.JOB_SUMMARY.topicName(),
          Topic.SITE_WINDOW.topicName(),
          Topic.NODE_WINDOW.topicName(),
          Topic.LEDGER.topicName());

  private final Admin admin;
  private final Map<String, Object> kafka;
  private final StreamsProgram streams;
  private final BooleanSupplier writerCaughtUp;

  CompletionCheck(
      Admin admin,
      Map<String, Object> kafka,
      StreamsProgram streams,
      BooleanSupplier writerCaughtUp) {
    this.admin = admin;
    this.kafka = kafka;
    this.streams = streams;
    this.writerCaughtUp = writerCaughtUp;
  }

  /** True if nothing is under way any more; meant for a time when nothing is published. */
  boolean done() throws ExecutionException, InterruptedException {
    return lag(INPUTS) == 0
        && streams.allTold()
        && noOpenTransaction(streams.internalTopics())
        && nothingBehindCommitted(streams.internalTopics())
        && noOpenTransaction(RESULTS)
        && writerCaughtUp.getAsBoolean();
  }

  /** True if the streams have finished all allocations that are published. */
  boolean allocationsTaken() throws ExecutionException, InterruptedException {
    return lag(List.of(Topic.ALLOCATIONS.topicName())) == 0;
  }

  /** Records of telemetry, allocations and jobs that the streams have not finished. */
  long lag() throws ExecutionException, InterruptedException {
    return lag(INPUTS);
  }

  private long lag(List<String> topics) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = committed();
    long lag = 0;
    for (var end : ends(topics, IsolationLevel.READ_UNCOMMITTED).entrySet()) {
      lag += end.getValue() - requireNonNullElse(committed.get(end.getKey()), 0L);
    }
    return lag;
  }

  private Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin
            .listConsumerGroupOffsets(streams.applicationId())
            .partitionsToOffsetAndMetadata()
            .get();
    Map<TopicPartition, Long> committed = new HashMap<>();
    offsets.forEach((partition, offset) -> {
      if (offset != null) {
        committed.put(partition, offset.offset());
      }
    });
    return committed;
  }

  private boolean noOpenTransaction(List<String> topics)
      throws ExecutionException, InterruptedException {
    return ends(topics, IsolationLevel.READ_COMMITTED)
        .equals(ends(topics, IsolationLevel.READ_UNCOMMITTED));
  }

  /**
   * True if no record lies behind what the streams have committed. The end of a topic that is
   * written in transactions is behind their markers, which no consumer ever sees: so a consumer
   * looks whether there is anything to see.
   */
  private boolean nothingBehindCommitted(List<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = committed();
    Map<TopicPartition, Long> ends = ends(topics, IsolationLevel.READ_COMMITTED);
    Set<TopicPartition> open = new HashSet<>();
    ends.forEach((partition, end) -> {
      if (requireNonNullElse(committed.get(partition), 0L) < end) {
        open.add(partition);
      }
    });
    if (open.isEmpty()) {
      return true;
    }
    Map<String, Object> config = new HashMap<>(kafka);
    config.put("isolation.level", "read_committed");
    config.put("enable.auto.commit", false);
    config.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(open);
      for (TopicPartition partition : open) {
        Long offset = committed.get(partition);
        if (offset == null) {
          consumer.seekToBeginning(List.of(partition));
        } else {
          consumer.seek(partition, offset);
        }
      }
      while (!open.isEmpty()) {
        if (!consumer.poll(POLL).isEmpty()) {
          return false;
        }
        open.removeIf(partition ->
            consumer.position(partition) >= requireNonNullElse(ends.get(partition), 0L));
      }
      return true;
    }
  }

  private Map<TopicPartition, Long> ends(List<String> topics, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(
              partition -> partitions.add(new TopicPartition(topic.name(), partition.partition())));
    }
    var results =
        admin
            .listOffsets(
                partitions.stream()
                    .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest())),
                new ListOffsetsOptions(isolation))
            .all()
            .get();
    Map<TopicPartition, Long> ends = new HashMap<>();
    results.forEach((partition, result) -> ends.put(partition, result.offset()));
    return ends;
  }
}
