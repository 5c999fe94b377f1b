// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.delivery;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.DeadLetters;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of alerts as one target sees it: what it was told of is committed in its consumer
 * group. Owned by one thread.
 *
 * <p>The topic has one partition. Of several instances one works, the others stand by.
 */
final class AlertFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertFeed.class);
  private static final TopicPartition ALERTS = new TopicPartition(Topic.ALERTS.topicName(), 0);
  private static final Set<TopicPartition> BOTH = Set.of(ALERTS);

  /** Where to begin. */
  enum Begin {
    /** With all that is kept, so that it is known what stands. */
    AT_THE_BEGINNING,
    /** With what was not told of; with all that is kept if this is the first time. */
    WHERE_IT_WAS
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> deadLetters;
  private final Begin begin;
  private boolean begun;
  private boolean held;
  private boolean firstTime;
  private long toldBefore;
  private long endAtStart;
  private long committed = -1;

  AlertFeed(Map<String, Object> kafka, String group, String instance, Begin begin) {
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
    deadLetters = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void subscribe() {
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

  /** Records that came, within so much time. What cannot be read is kept in {@code dead-letter}. */
  List<FedAlert> poll(Duration wait) {
    consumer.resume(consumer.paused());
    List<FedAlert> alerts = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
      boolean told = record.offset() < toldBefore;
      try {
        Alert alert =
            record.value() == null
                ? null
                : WireSerdes.alerts().deserializer().deserialize(record.topic(), record.value());
        alerts.add(new FedAlert(record, alert, told || isHistory(record, alert)));
      } catch (SerializationException e) {
        if (!told) {
          keep(record, String.valueOf(e.getMessage()));
        }
      }
    }
    return alerts;
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
    consumer.pause(consumer.assignment());
    ConsumerRecords<byte[], byte[]> early = consumer.poll(wait);
    // a partition that came with a new assignment is not paused: what it gave is read again
    for (TopicPartition partition : early.partitions()) {
      consumer.seek(partition, early.records(partition).getFirst().offset());
    }
    return held && !begun;
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

  /** Keeps what will not be told of, and returns when it is kept. */
  void keep(ConsumerRecord<byte[], byte[]> record, String reason) {
    log.warn("{} {} is not told of: {}", record.topic(), record.offset(), reason);
    try {
      deadLetters.send(DeadLetters.letter(record, reason)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an alert that was refused cannot be kept", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    consumer.close();
    deadLetters.close();
  }
}
