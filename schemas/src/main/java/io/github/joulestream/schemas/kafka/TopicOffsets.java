// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Where topics begin and end, and what groups have committed. Safe for many threads. */
public final class TopicOffsets {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

  private final Admin admin;

  /** Does not close the client. */
  public TopicOffsets(Admin admin) {
    this.admin = admin;
  }

  /**
   * The partitions of topics.
   *
   * @throws ExecutionException if a topic does not exist, or the cluster does not answer
   */
  public List<TopicPartition> partitions(Collection<String> topics)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(topics).allTopicNames().get().values().stream()
        .flatMap(topic ->
            topic.partitions().stream()
                .map(info -> new TopicPartition(topic.name(), info.partition())))
        .toList();
  }

  /**
   * Behind the last record of each partition of these topics.
   *
   * @param isolation {@code READ_COMMITTED}: before the first open transaction, as consumers of
   *     committed records see it
   */
  public Map<TopicPartition, Long> ends(Collection<String> topics, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    return offsets(partitions(topics), OffsetSpec.latest(), isolation);
  }

  /** Behind the last committed record of each partition. */
  public Map<TopicPartition, Long> committedEnds(Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /**
   * Waits until partitions that were created just now have a leader: it knows their end. A broker
   * that does not know a new topic yet says that there is none, which the client does not ask again
   * after; while a partition has no leader, it does.
   *
   * @param limit after which the last answer is thrown
   */
  public void awaitLeaders(Collection<TopicPartition> partitions, Duration limit)
      throws ExecutionException, InterruptedException {
    NanoClock clock = NanoClock.system();
    long began = clock.nanos();
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE, RandomGenerator.getDefault());
    while (true) {
      try {
        committedEnds(partitions);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || clock.nanos() - began > limit.toNanos()) {
          throw e;
        }
      }
      TimeUnit.MILLISECONDS.sleep(backoff.pauseMillis(0));
    }
  }

  /** The first record that each partition still has. */
  public Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    return offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
  }

  private Map<TopicPartition, Long> offsets(
      Collection<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (!partitions.isEmpty()) {
      admin
          .listOffsets(
              partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> which)),
              new ListOffsetsOptions(isolation))
          .all()
          .get()
          .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    }
    return offsets;
  }

  /** What a group has committed, without partitions of which it has committed nothing. */
  public Map<TopicPartition, Long> committedBy(String group)
      throws ExecutionException, InterruptedException {
    return withoutMissing(
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
  }

  /** The offsets of partitions of which there is one. */
  public static Map<TopicPartition, Long> withoutMissing(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<TopicPartition, Long> committed = new HashMap<>();
    offsets.forEach((partition, offset) -> {
      if (offset != null) {
        committed.put(partition, offset.offset());
      }
    });
    return committed;
  }
}
