// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNullElse;

import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.kafka.TopicOffsets;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsConfigs;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds when everything that was published is in the store. Asks stage after stage in the direction
 * of the flow: what a stage has finished while nothing comes in any more stays finished, so when
 * the last one is done all are.
 */
final class CompletionCheck {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final List<String> INPUTS =
      List.of(Topic.TELEMETRY.topicName(), Topic.ALLOCATIONS.topicName(), Topic.JOBS.topicName());
  private static final List<String> RESULTS =
      List.of(
          Topic.JOB_WINDOW.topicName(),
          Topic.JOB_QUARTER_HOUR.topicName(),
          Topic.JOB_SUMMARY.topicName(),
          Topic.SITE_WINDOW.topicName(),
          Topic.NODE_WINDOW.topicName(),
          Topic.DEVICE_WINDOW.topicName(),
          Topic.LEDGER.topicName());

  private final TopicOffsets offsets;
  private final KafkaClients kafka;
  private final StreamsApplication streams;
  private final BooleanSupplier writerCaughtUp;

  CompletionCheck(
      Admin admin, KafkaClients kafka, StreamsApplication streams, BooleanSupplier writerCaughtUp) {
    this.offsets = new TopicOffsets(admin);
    this.kafka = kafka;
    this.streams = streams;
    this.writerCaughtUp = writerCaughtUp;
  }

  /** Nothing more is published: what is held back for later records need not be any more. */
  void expectNoMore() {
    streams.expectNoMore();
  }

  /** True if nothing is under way any more; meant for a time when nothing is published. */
  boolean done() throws ExecutionException, InterruptedException {
    return lag(INPUTS) == 0
        && streams.hasEmittedAll()
        && noOpenTransaction(StreamsApplication.repartitionTopics())
        && nothingBehindCommitted(StreamsApplication.repartitionTopics())
        && streams.hasEmittedQuarterHours()
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
    Map<TopicPartition, Long> committed = offsets.committedBy(StreamsConfigs.ACCOUNTING_ID);
    long lag = 0;
    for (var end : offsets.ends(topics, IsolationLevel.READ_UNCOMMITTED).entrySet()) {
      lag += end.getValue() - requireNonNullElse(committed.get(end.getKey()), 0L);
    }
    return lag;
  }

  private boolean noOpenTransaction(List<String> topics)
      throws ExecutionException, InterruptedException {
    return offsets
        .ends(topics, IsolationLevel.READ_COMMITTED)
        .equals(offsets.ends(topics, IsolationLevel.READ_UNCOMMITTED));
  }

  /**
   * True if no record lies behind what the streams have committed. The end of a topic that is
   * written in transactions is behind their markers, which no consumer ever sees: so a consumer
   * looks whether there is anything to see.
   */
  private boolean nothingBehindCommitted(List<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = offsets.committedBy(StreamsConfigs.ACCOUNTING_ID);
    Map<TopicPartition, Long> ends = offsets.ends(topics, IsolationLevel.READ_COMMITTED);
    Set<TopicPartition> open = new HashSet<>();
    ends.forEach((partition, end) -> {
      if (requireNonNullElse(committed.get(partition), 0L) < end) {
        open.add(partition);
      }
    });
    if (open.isEmpty()) {
      return true;
    }
    try (KafkaConsumer<byte[], byte[]> consumer =
        kafka.consumer(
            "joulestream-completion", new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
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
}
