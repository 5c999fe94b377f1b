// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of alerts as one target sees it: what it was told of is committed in its consumer
 * group. Owned by one thread.
 *
 * <p>The topic has one partition. Of several instances one works, the others stand by.
 */
final class AlertConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertConsumer.class);
  private static final TopicPartition ALERTS = new TopicPartition(Topic.ALERTS.topicName(), 0);
  private static final Set<TopicPartition> BOTH = Set.of(ALERTS);
  private static final Duration LETTER_PAUSE = Duration.ofSeconds(1);

  /** Where to begin. */
  enum Begin {
    /** With all that is kept, so that it is known what stands. */
    AT_THE_BEGINNING,
    /** With what was not told of; with all that is kept if this is the first time. */
    WHERE_IT_WAS
  }

  /** What a target makes of an alert. */
  @FunctionalInterface
  interface Check {
    /**
     * Makes all of it, and drops it again.
     *
     * @throws RuntimeException if that cannot be made: then the record is refused
     */
    void make(Alert alert);
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ConsumerRefusals refusals;
  private final Begin begin;
  private Check check = _ -> {};
  private @Nullable Progress progress;
  private BooleanSupplier stopping = () -> false;
  private boolean begun;
  private boolean held;
  private boolean firstTime;
  private long toldBefore;
  private long endAtStart;
  private long committed = -1;

  AlertConsumer(Map<String, Object> kafka, String group, String instance, Begin begin) {
    this.begin = begin;
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
    config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    refusals = new ConsumerRefusals(kafka, log::warn);
  }

  /**
   * @param toCheck an alert of which nothing can be made for the target is refused when it comes:
   *     later it would hinder others
   * @param stopAsked true when what waits for Kafka is to give up
   * @param toNote notes each look at the topic
   */
  void subscribe(Check toCheck, BooleanSupplier stopAsked, Progress toNote) {
    check = toCheck;
    stopping = stopAsked;
    progress = toNote;
    consumer.subscribe(
        List.of(ALERTS.topic()),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            held = false;
          }

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.contains(ALERTS)) {
              begin();
            }
          }
        });
  }

  private void begin() {
    OffsetAndMetadata before = consumer.committed(BOTH).get(ALERTS);
    endAtStart = consumer.endOffsets(BOTH).getOrDefault(ALERTS, 0L);
    firstTime = before == null;
    toldBefore = before == null ? 0 : before.offset();
    committed = before == null ? -1 : toldBefore;
    if (firstTime || begin == Begin.AT_THE_BEGINNING) {
      consumer.seekToBeginning(BOTH);
    }
    begun = true;
    held = true;
  }

  /** True once after each time that it begins: what was known before counts no more. */
  boolean hasBegun() {
    boolean was = begun;
    begun = false;
    return was;
  }

  /** True while the partition is ours. */
  boolean held() {
    return held;
  }

  /** True if all that was there when it began has been given. */
  boolean knowsWhatStands() {
    return held && consumer.position(ALERTS) >= endAtStart;
  }

  /** True if no earlier run has told of anything. */
  boolean firstTime() {
    return firstTime;
  }

  /**
   * Records that came, within so much time. What cannot be used is kept in {@code dead-letter}, and
   * is there before any later record is given: if that cannot be had, none is, and all come again.
   */
  List<AlertEvent> poll(Duration wait) {
    note();
    consumer.resume(consumer.paused());
    List<AlertEvent> alerts = new ArrayList<>();
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      boolean told = record.offset() < toldBefore;
      try {
        Alert alert = read(record);
        alerts.add(new AlertEvent(record, alert, told || isHistory(record, alert)));
      } catch (RuntimeException | StackOverflowError e) {
        if (!told) {
          refusals.refuse(record, e);
        } else if (!ConsumerRefusals.isOfTheRecord(e)) {
          throw e;
        }
      }
    }
    if (awaitLetters()) {
      return alerts;
    }
    if (held && !begun) {
      consumer.seek(ALERTS, records.records(ALERTS).getFirst().offset());
    }
    return List.of();
  }

  private @Nullable Alert read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.key().length == 0) {
      throw new SerializationException("no key");
    }
    if (record.value() == null) {
      return null;
    }
    Alert alert = WireSerdes.alerts().deserializer().deserialize(record.topic(), record.value());
    if (!alert.id().equals(new String(record.key(), UTF_8))) {
      throw new SerializationException("the key is not the alert's id '%s'".formatted(alert.id()));
    }
    check.make(alert);
    return alert;
  }

  /** False if the place in the group was lost meanwhile, or the end was asked for. */
  private boolean awaitLetters() {
    return refusals.await(() -> !stopping.getAsBoolean() && keepPlace(LETTER_PAUSE));
  }

  /** At the very first start what is over by then was never to be told of. */
  private boolean isHistory(ConsumerRecord<byte[], byte[]> record, @Nullable Alert alert) {
    return firstTime
        && record.offset() < endAtStart
        && alert != null
        && alert.state() == AlertState.RESOLVED;
  }

  /** Keeps the place in the group without reading on; false if it was lost. */
  boolean keepPlace(Duration wait) {
    note();
    consumer.pause(consumer.assignment());
    ConsumerRecords<byte[], byte[]> early = consumer.poll(wait);
    // a partition that came with a new assignment is not paused: what it gave is read again
    for (TopicPartition partition : early.partitions()) {
      consumer.seek(partition, early.records(partition).getFirst().offset());
    }
    return held && !begun;
  }

  private void note() {
    if (progress != null) {
      progress.turned();
    }
  }

  /** At the very first start: from here on all is to be told of, also after a crash. */
  void goOnFrom(long offset) {
    commit(offset);
    consumer.seek(ALERTS, offset);
  }

  /** At the very first start: what comes from now on is to be told of, also after a crash. */
  void beginsNow() {
    if (firstTime) {
      commit(endAtStart);
    }
  }

  /** Where it is: all before it was given. */
  long position() {
    return consumer.position(ALERTS);
  }

  /** From now on all before this was told of, also after a crash. */
  void commit(long offset) {
    if (!held || offset <= committed) {
      return;
    }
    try {
      consumer.commitSync(Map.of(ALERTS, new OffsetAndMetadata(offset)));
      committed = offset;
    } catch (CommitFailedException | RetriableException e) {
      // the next commit says as much; until then a crash makes it tell again
      log.info("what was told of is not committed yet: {}", e.getMessage());
    }
  }

  /**
   * Keeps what the target refuses, and returns when it is kept.
   *
   * @return false if the place in the group was lost meanwhile, or the end was asked for: then it
   *     comes again, and so must not be committed
   */
  boolean keep(ConsumerRecord<byte[], byte[]> record, String reason) {
    refusals.refuse(record, reason);
    return awaitLetters();
  }

  /** Records refused since the start. */
  long refused() {
    return refusals.refused();
  }

  /** Dead letters that Kafka will never take. */
  long dropped() {
    return refusals.dropped();
  }

  @Override
  public void close() {
    consumer.close();
    refusals.close();
  }
}
