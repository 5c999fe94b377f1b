// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
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
  private boolean lost;

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
        NanoClock.system());
  }

  AtLeastOnceConsumer(
      Consumer<byte[], byte[]> consumer,
      ConsumerRefusals refusals,
      Progress progress,
      NanoClock nanos) {
    this.consumer = consumer;
    this.refusals = refusals;
    this.progress = progress;
    this.nanos = nanos;
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
            listener.assigned(partitions);
          }
        });
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
    return commit(consumer::commitSync);
  }

  /** Commits up to an offset of one partition; otherwise like {@link #commit()}. */
  public boolean commit(TopicPartition partition, long offset) {
    return commit(() -> consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset))));
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
