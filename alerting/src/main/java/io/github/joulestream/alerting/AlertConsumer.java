// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.AtLeastOnceConsumer;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
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

  /** A request takes 15 s at most, one to Kafka 60. */
  private static final Duration STUCK = Duration.ofMinutes(3);

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

  private final AtLeastOnceConsumer consumer;
  private final Progress progress;
  private final Begin begin;
  private Check check = _ -> {};
  private BooleanSupplier stopping = () -> false;
  private boolean begun;
  private boolean held;
  private boolean firstTime;
  private long toldBefore;
  private long endAtStart;
  private long committed = -1;

  /**
   * @param target name of the target in texts
   */
  AlertConsumer(
      Map<String, Object> kafka, String target, String group, String instance, Begin begin) {
    this.begin = begin;
    this.progress = new Progress("the sender of alerts to " + target, STUCK);
    consumer =
        new AtLeastOnceConsumer(
            kafka,
            group,
            Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance),
            progress,
            log::warn);
  }

  /**
   * @param toCheck an alert of which nothing can be made for the target is refused when it comes:
   *     later it would hinder others
   * @param stopAsked true when what waits for Kafka is to give up
   */
  void subscribe(Check toCheck, BooleanSupplier stopAsked) {
    check = toCheck;
    stopping = stopAsked;
    consumer.subscribe(
        List.of(ALERTS.topic()),
        new AtLeastOnceConsumer.RebalanceListener() {
          @Override
          public void revoked(Collection<TopicPartition> partitions) {
            held = false;
          }

          @Override
          public void assigned(Collection<TopicPartition> partitions) {
            if (partitions.contains(ALERTS)) {
              begin();
            }
          }
        });
  }

  private void begin() {
    Optional<Long> before = consumer.committed(ALERTS);
    endAtStart = consumer.end(ALERTS);
    firstTime = before.isEmpty();
    toldBefore = before.orElse(0L);
    committed = before.orElse(-1L);
    if (firstTime || begin == Begin.AT_THE_BEGINNING) {
      consumer.seekToBeginning(ALERTS);
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
    List<AlertEvent> alerts = new ArrayList<>();
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      boolean told = record.offset() < toldBefore;
      try {
        Alert alert = read(record);
        alerts.add(new AlertEvent(record, alert, told || isHistory(record, alert)));
      } catch (RuntimeException | StackOverflowError e) {
        if (!told) {
          consumer.refuse(record, e);
        } else if (!ConsumerRefusals.isOfTheRecord(e)) {
          throw e;
        }
      }
    }
    if (awaitLetters()) {
      return alerts;
    }
    if (held && !consumer.lostPartitions()) {
      consumer.rewind(records);
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
    return consumer.awaitDeadLetters(stopping);
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
    return consumer.keepPlace(wait) && held;
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
    // where it fails the next commit covers it; until then a crash makes it tell again
    if (consumer.commit(ALERTS, offset)) {
      committed = offset;
    }
  }

  /**
   * Keeps what the target refuses, and returns when it is kept.
   *
   * @return false if the place in the group was lost meanwhile, or the end was asked for: then it
   *     comes again, and so must not be committed
   */
  boolean keep(ConsumerRecord<byte[], byte[]> record, String reason) {
    consumer.refuse(record, reason);
    return awaitLetters();
  }

  /** Reports that the channel is stuck and since when, if it is. */
  Optional<String> stuck() {
    return progress.stuck();
  }

  /** Records refused since the start. */
  long refused() {
    return consumer.refusals().refused();
  }

  /** Dead letters that Kafka will never take. */
  long dropped() {
    return consumer.refusals().dropped();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
