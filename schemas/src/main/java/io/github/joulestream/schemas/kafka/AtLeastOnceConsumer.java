// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a consumer group that commits the offset of a record only after its caller has
 * written what follows from it. After a crash some records are read again and none is lost. Used by
 * one thread.
 *
 * <pre>
 *   records = poll(100 ms)
 *   write what follows from them     while the target is unavailable: hold(pause)
 *   awaitDeadLetters()               what was refused is in dead-letter
 *   commit()                         only if none of the above returned false
 * </pre>
 *
 * <p>{@link #hold} and {@link #keepPlace} poll with all partitions paused, so that the group does
 * not take this member for dead, and read nothing. When they return false, partitions were revoked:
 * then nothing of what was read may be committed, because another member reads it again.
 */
public final class AtLeastOnceConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AtLeastOnceConsumer.class);
  private static final Duration DEAD_LETTER_PAUSE = Duration.ofSeconds(1);
  private static final long MAX_STEP_MILLIS = 500;
  private static final int IDS_MILLIS = 10_000;

  /** Called by the polling thread when partitions are revoked or assigned. */
  public interface RebalanceListener {
    /** Does nothing. */
    RebalanceListener NONE = new RebalanceListener() {};

    /** These are no longer read here. */
    default void revoked(Collection<TopicPartition> partitions) {}

    /** These are read from here on, from what is committed. */
    default void assigned(Collection<TopicPartition> partitions) {}
  }

  private final Consumer<byte[], byte[]> consumer;
  private final ConsumerRefusals refusals;
  private final Progress progress;
  private final NanoClock nanos;
  private final TopicIds topicIds;
  // of assigned topics, as far as known; an offset is committed with that of its topic
  private Map<String, String> ids = Map.of();
  private boolean lost;

  /** Asks the cluster for the ids of topics; without those that it does not know. */
  interface TopicIds {
    Map<String, String> of(Set<String> topics);
  }

  /**
   * @param kafka how to reach the cluster
   * @param settings of the consumer, which override what a person has set
   * @param progress is given a sign at each poll
   * @param errors takes lines about refused records: {@code log::warn}
   */
  public AtLeastOnceConsumer(
      KafkaClients kafka,
      String group,
      Map<String, Object> settings,
      Progress progress,
      java.util.function.Consumer<String> errors) {
    this(
        connect(kafka, group, settings),
        new ConsumerRefusals(kafka, group, errors),
        progress,
        NanoClock.system(),
        topics -> topicIds(kafka, group, topics));
  }

  AtLeastOnceConsumer(
      Consumer<byte[], byte[]> consumer,
      ConsumerRefusals refusals,
      Progress progress,
      NanoClock nanos,
      TopicIds topicIds) {
    this.consumer = consumer;
    this.refusals = refusals;
    this.progress = progress;
    this.nanos = nanos;
    this.topicIds = topicIds;
  }

  private static Map<String, String> topicIds(
      KafkaClients kafka, String group, Set<String> topics) {
    Map<String, String> ids = new HashMap<>();
    try (Admin admin =
        kafka
            .with(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, IDS_MILLIS)
            .with(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, IDS_MILLIS)
            .admin(group + "-topics")) {
      TopicMark.of(admin, topics).forEach((topic, mark) -> ids.put(topic, mark.id().toString()));
    } catch (ExecutionException e) {
      log.warn(
          "The ids of topics are not known, offsets are committed without: {}", e.getMessage());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    return ids;
  }

  private static Consumer<byte[], byte[]> connect(
      KafkaClients kafka, String group, Map<String, Object> settings) {
    return kafka
        // all or nothing: what was read and not committed is dropped when partitions are revoked
        .with(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName())
        .with(settings)
        .groupMember(group, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Joins the group at the next poll. */
  public void subscribe(Collection<String> topics, RebalanceListener listener) {
    consumer.subscribe(
        topics,
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            lost = true;
            listener.revoked(partitions);
          }

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            beginAgain(partitions);
            listener.assigned(partitions);
          }
        });
  }

  /** An offset of a topic that was deleted is none of the topic that now has its name. */
  private void beginAgain(Collection<TopicPartition> partitions) {
    ids =
        topicIds.of(
            consumer.assignment().stream()
                .map(TopicPartition::topic)
                .collect(Collectors.toUnmodifiableSet()));
    Set<TopicPartition> again = new HashSet<>();
    try {
      consumer
          .committed(Set.copyOf(partitions))
          .forEach((partition, offset) -> {
            if (offset != null && !isOfTopic(partition, offset)) {
              again.add(partition);
            }
          });
    } catch (RetriableException e) {
      log.warn("What is committed is not known, and not compared with topics", e);
    }
    if (!again.isEmpty()) {
      log.warn(
          "Topics were deleted and made again, and are read from their first record: {}", again);
      consumer.seekToBeginning(again);
    }
  }

  private boolean isOfTopic(TopicPartition partition, OffsetAndMetadata offset) {
    String id = ids.get(partition.topic());
    return id == null || offset.metadata().isEmpty() || offset.metadata().equals(id);
  }

  private OffsetAndMetadata withId(TopicPartition partition, long offset) {
    return new OffsetAndMetadata(offset, ids.getOrDefault(partition.topic(), ""));
  }

  /**
   * Records that have arrived; waits for the first of them.
   *
   * @param wait at most
   */
  public ConsumerRecords<byte[], byte[]> poll(Duration wait) {
    progress.turned();
    consumer.resume(consumer.paused());
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    // revoked before these records were read: they are of the new assignment
    lost = false;
    return records;
  }

  /**
   * Keeps the place in the group without reading on.
   *
   * @param wait how long the poll for it waits
   * @return false if partitions were revoked since the last {@link #poll}
   */
  public boolean keepPlace(Duration wait) {
    progress.turned();
    consumer.pause(consumer.assignment());
    // a partition that came with a new assignment is not paused: what it gave is read again
    rewind(consumer.poll(wait));
    return !lost;
  }

  /**
   * Keeps the place in the group for a while without reading on.
   *
   * @param stopAsked true when it is to give up
   * @return false if partitions were revoked since the last {@link #poll}, or the stop was asked
   *     for
   */
  public boolean hold(Duration pause, BooleanSupplier stopAsked) {
    long start = nanos.nanos();
    long millis = pause.toMillis();
    for (long left = millis; left > 0; left = millis - (nanos.nanos() - start) / 1_000_000) {
      if (stopAsked.getAsBoolean()
          || !keepPlace(Duration.ofMillis(Math.min(left, MAX_STEP_MILLIS)))) {
        return false;
      }
    }
    return !stopAsked.getAsBoolean() && !lost;
  }

  /** The next {@link #poll} reads these records again. */
  public void rewind(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition partition : records.partitions()) {
      consumer.seek(partition, records.records(partition).getFirst().offset());
    }
  }

  /** Partitions were revoked since the last {@link #poll}. */
  public boolean lostPartitions() {
    return lost;
  }

  /**
   * Refuses the record at which something failed.
   *
   * @throws RuntimeException the failure itself, if the record is not its cause
   */
  public void refuse(ConsumerRecord<byte[], byte[]> record, Throwable e) {
    refusals.refuse(record, e);
  }

  /** Refuses a record for a reason in words. */
  public void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
    refusals.refuse(record, reason);
  }

  /**
   * Returns when Kafka has the dead letters of all refused records, or will never take those that
   * it has not.
   *
   * @return false if partitions were revoked meanwhile, or the stop was asked for: then nothing may
   *     be committed
   */
  public boolean awaitDeadLetters(BooleanSupplier stopAsked) {
    return refusals.await(() -> hold(DEAD_LETTER_PAUSE, stopAsked));
  }

  /**
   * Commits all that was polled.
   *
   * @return false if the group is rebalancing or the broker does not answer: then a later commit
   *     covers it, or whoever has the partitions reads the records again
   */
  public boolean commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions().forEach((partition, offset) -> offsets.put(partition, withId(partition, offset)));
    return commit(() -> consumer.commitSync(offsets));
  }

  /** Commits up to an offset of one partition; otherwise like {@link #commit()}. */
  public boolean commit(TopicPartition partition, long offset) {
    return commit(() -> consumer.commitSync(Map.of(partition, withId(partition, offset))));
  }

  private static boolean commit(Runnable commit) {
    try {
      commit.run();
      return true;
    } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
      log.info("Offsets not committed: {}", e.getMessage());
      return false;
    }
  }

  /** Behind what was polled last, without partitions of which it is not known yet. */
  public Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      try {
        positions.put(partition, consumer.position(partition, Duration.ZERO));
      } catch (TimeoutException e) {
        log.debug("Position of {} not known yet", partition, e);
      }
    }
    return Map.copyOf(positions);
  }

  /** Offset of the next record to poll. */
  public long position(TopicPartition partition) {
    return consumer.position(partition);
  }

  /** Continues from an offset. */
  public void seek(TopicPartition partition, long offset) {
    consumer.seek(partition, offset);
  }

  /** Continues from the first record that the partition has. */
  public void seekToBeginning(TopicPartition partition) {
    consumer.seekToBeginning(List.of(partition));
  }

  /** What the group has committed of a partition, if anything. */
  public Optional<Long> committed(TopicPartition partition) {
    return Optional.ofNullable(consumer.committed(Set.of(partition)).get(partition))
        .filter(offset -> isOfTopic(partition, offset))
        .map(OffsetAndMetadata::offset);
  }

  /** Behind the last committed record of a partition. */
  public long end(TopicPartition partition) {
    return consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
  }

  /** Figures of refused records. */
  public ConsumerRefusals refusals() {
    return refusals;
  }

  @Override
  public void close() {
    consumer.close();
    refusals.close();
  }
}
