// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.AtLeastOnceConsumer;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import io.github.joulestream.schemas.kafka.KafkaClients;
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
 * Reads the topic of alerts for one target; the offset up to which alerts were delivered is
 * committed in the target's consumer group. Owned by one thread.
 *
 * <p>The topic has one partition: of several instances one is active, the others are on standby.
 */
final class AlertConsumer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertConsumer.class);
  private static final TopicPartition ALERTS = new TopicPartition(Topic.ALERTS.topicName(), 0);

  /** A request takes 15 s at most, one to Kafka 60. */
  private static final Duration STUCK = Duration.ofMinutes(3);

  /** Where to begin. */
  enum Begin {
    /** With the first record, so that all active alerts are known. */
    AT_FIRST_RECORD,
    /** With the first record that was not delivered; at the very first start with the first. */
    AT_COMMITTED_OFFSET
  }

  /** Makes the request of a target for an alert. */
  @FunctionalInterface
  interface Check {
    /**
     * Makes the request without sending it.
     *
     * @throws RuntimeException if it cannot be made: then the record is refused
     */
    void make(Alert alert);
  }

  private final AtLeastOnceConsumer consumer;
  private final Progress progress;
  private final Begin begin;
  private Check check = _ -> {};
  private BooleanSupplier stopping = () -> false;
  private boolean begun;
  private boolean assigned;
  private boolean firstTime;
  private long deliveredBefore;
  private long endAtStart;
  private long committed = -1;

  /**
   * @param target name of the target in texts
   */
  AlertConsumer(KafkaClients kafka, String target, String group, String instance, Begin begin) {
    this.begin = begin;
    this.progress = new Progress("alert delivery to " + target, STUCK);
    consumer =
        new AtLeastOnceConsumer(
            kafka,
            group,
            Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance),
            progress,
            log::warn);
  }

  /**
   * Joins the consumer group.
   *
   * @param toCheck an alert for which no request can be made is refused when it is read: later it
   *     would delay others
   * @param stopAsked true when waiting for Kafka is to end
   */
  void subscribe(Check toCheck, BooleanSupplier stopAsked) {
    check = toCheck;
    stopping = stopAsked;
    consumer.subscribe(
        List.of(ALERTS.topic()),
        new AtLeastOnceConsumer.RebalanceListener() {
          @Override
          public void revoked(Collection<TopicPartition> partitions) {
            assigned = false;
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
    deliveredBefore = before.orElse(0L);
    committed = before.orElse(-1L);
    if (firstTime || begin == Begin.AT_FIRST_RECORD) {
      consumer.seekToBeginning(ALERTS);
    }
    begun = true;
    assigned = true;
  }

  /** True once after each assignment of the partition: what was known before is void. */
  boolean hasBegun() {
    boolean was = begun;
    begun = false;
    return was;
  }

  /** True while the partition is assigned to this instance. */
  boolean isAssigned() {
    return assigned;
  }

  /** True if all records up to the end at the time of assignment were read. */
  boolean knowsActiveAlerts() {
    return assigned && consumer.position(ALERTS) >= endAtStart;
  }

  /** True if no earlier run committed an offset. */
  boolean firstTime() {
    return firstTime;
  }

  /**
   * Reads records. Those that cannot be used are written to {@code dead-letter} before any later
   * record is returned; if that fails, none is returned, and all are read again.
   */
  List<AlertEvent> poll(Duration wait) {
    List<AlertEvent> alerts = new ArrayList<>();
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      boolean delivered = record.offset() < deliveredBefore;
      try {
        Alert alert = read(record);
        alerts.add(new AlertEvent(record, alert, delivered || isHistory(record, alert)));
      } catch (RuntimeException | StackOverflowError e) {
        if (!delivered) {
          consumer.refuse(record, e);
        } else if (!ConsumerRefusals.isOfTheRecord(e)) {
          throw e;
        }
      }
    }
    if (awaitLetters()) {
      return alerts;
    }
    if (assigned && !consumer.lostPartitions()) {
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

  /** False if the assignment was lost meanwhile, or the end was asked for. */
  private boolean awaitLetters() {
    return consumer.awaitDeadLetters(stopping);
  }

  /** At the very first start, alerts that have resolved by then are not delivered. */
  private boolean isHistory(ConsumerRecord<byte[], byte[]> record, @Nullable Alert alert) {
    return firstTime
        && record.offset() < endAtStart
        && alert != null
        && alert.state() == AlertState.RESOLVED;
  }

  /** Keeps the assignment without reading on; false if it was lost. */
  boolean keepAssignment(Duration wait) {
    return consumer.keepPlace(wait) && assigned;
  }

  /** At the very first start: all from this offset on is to be delivered, also after a crash. */
  void startFrom(long offset) {
    commit(offset);
    consumer.seek(ALERTS, offset);
  }

  /** At the very first start: all records from now on are to be delivered, also after a crash. */
  void startAtEnd() {
    if (firstTime) {
      commit(endAtStart);
    }
  }

  /** The offset of the next record to be read. */
  long position() {
    return consumer.position(ALERTS);
  }

  /** All before this offset was delivered, also after a crash. */
  void commit(long offset) {
    if (!assigned || offset <= committed) {
      return;
    }
    // if it fails, the next commit covers it; after a crash before that, alerts are sent again
    if (consumer.commit(ALERTS, offset)) {
      committed = offset;
    }
  }

  /**
   * Writes a record that the target rejects to {@code dead-letter}, and returns when it is there.
   *
   * @return false if the assignment was lost meanwhile, or the end was asked for: then the record
   *     is read again, and must not be committed
   */
  boolean deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
    consumer.refuse(record, reason);
    return awaitLetters();
  }

  /** Its health if it is stuck, or waits for Kafka to take its dead letters. */
  Optional<Health> health() {
    return progress.stuck().map(Health::bad).or(() -> consumer.refusals().health());
  }

  /** Records refused since the start. */
  long refused() {
    return consumer.refusals().refused();
  }

  /** Dead letters that Kafka rejected. */
  long dropped() {
    return consumer.refusals().dropped();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
