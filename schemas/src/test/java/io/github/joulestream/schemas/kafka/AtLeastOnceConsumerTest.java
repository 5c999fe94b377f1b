// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtLeastOnceConsumerTest {
  private static final TopicPartition ONE = new TopicPartition("t", 0);
  private static final TopicPartition TWO = new TopicPartition("t", 1);
  private static final Duration WAIT = Duration.ofMillis(1);

  private final MockProducer<byte[], byte[]> letters =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final List<String> rebalances = new ArrayList<>();
  private final Mock kafka = new Mock();
  private long nowNanos;
  private String topicId = "first";
  private final AtLeastOnceConsumer consumer =
      new AtLeastOnceConsumer(
          kafka,
          new ConsumerRefusals(() -> letters, new DistinctErrors(_ -> {})),
          new Progress("the test", Duration.ofMinutes(1)),
          // each look at the clock takes 100 ms
          () -> nowNanos += 100_000_000,
          _ -> Map.of("t", topicId));

  private static final class Mock extends MockConsumer<byte[], byte[]> {
    @Nullable KafkaException commitFailure;
    private @Nullable ConsumerRebalanceListener listener;

    Mock() {
      super("earliest");
    }

    @Override
    public synchronized void subscribe(
        Collection<String> topics, ConsumerRebalanceListener listener) {
      super.subscribe(topics, listener);
      this.listener = listener;
    }

    /** As the group does it: all partitions are revoked before some are assigned. */
    @Override
    public synchronized void rebalance(Collection<TopicPartition> assignment) {
      if (listener != null && !assignment().isEmpty()) {
        listener.onPartitionsRevoked(assignment());
        super.rebalance(List.of());
      }
      super.rebalance(assignment);
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (commitFailure != null) {
        throw commitFailure;
      }
      super.commitSync(offsets);
    }
  }

  @BeforeEach
  void join() {
    consumer.subscribe(
        List.of("t"),
        new AtLeastOnceConsumer.RebalanceListener() {
          @Override
          public void revoked(Collection<TopicPartition> partitions) {
            rebalances.add("revoked " + partitions.size());
          }

          @Override
          public void assigned(Collection<TopicPartition> partitions) {
            rebalances.add("assigned " + partitions.size());
          }
        });
    Map<TopicPartition, Long> zero = new HashMap<>(Map.of(ONE, 0L, TWO, 0L));
    kafka.updateBeginningOffsets(zero);
    kafka.schedulePollTask(() -> kafka.rebalance(List.of(ONE)));
    consumer.poll(WAIT);
  }

  private void add(TopicPartition partition, long offset) {
    kafka.addRecord(
        new ConsumerRecord<>(
            partition.topic(), partition.partition(), offset, new byte[0], new byte[0]));
  }

  private @Nullable Long committed() {
    OffsetAndMetadata offset = kafka.committed(Set.of(ONE)).get(ONE);
    return offset == null ? null : offset.offset();
  }

  @Test
  void offsetsAreCommitted_onlyWhenAskedFor() {
    add(ONE, 0);
    add(ONE, 1);
    assertThat(consumer.poll(WAIT).count()).isEqualTo(2);
    assertThat(committed()).isNull();
    assertThat(consumer.positions()).containsEntry(ONE, 2L);
    assertThat(consumer.commit()).isTrue();
    assertThat(committed()).isEqualTo(2);
    assertThat(consumer.commit(ONE, 1)).isTrue();
    assertThat(consumer.committed(ONE)).contains(1L);
  }

  @Test
  void anOffsetOfATopicThatWasDeleted_isNoneOfTheNextOfItsName() {
    add(ONE, 0);
    assertThat(consumer.poll(WAIT).count()).isEqualTo(1);
    assertThat(consumer.commit()).isTrue();
    kafka.rebalance(List.of(ONE));
    assertThat(consumer.position(ONE)).isEqualTo(1);

    topicId = "second";
    kafka.rebalance(List.of(ONE));
    assertThat(consumer.position(ONE)).isZero();
    assertThat(consumer.committed(ONE)).isEmpty();
    assertThat(consumer.commit()).isTrue();
    assertThat(consumer.committed(ONE)).contains(0L);
  }

  @Test
  void aCommitThatTheGroupRefuses_isNoFailure() {
    for (KafkaException failure :
        List.of(
            new CommitFailedException(),
            new RebalanceInProgressException(),
            new TimeoutException("no answer"))) {
      kafka.commitFailure = failure;
      assertThat(consumer.commit()).isFalse();
    }
  }

  @Test
  void whileItKeepsItsPlace_nothingIsRead() {
    add(ONE, 0);
    assertThat(consumer.keepPlace(WAIT)).isTrue();
    assertThat(kafka.paused()).containsExactly(ONE);
    assertThat(consumer.poll(WAIT).count()).isEqualTo(1);
    assertThat(kafka.paused()).isEmpty();
  }

  @Test
  void aPartitionThatComesMeanwhile_isReadFromItsBeginning() {
    kafka.schedulePollTask(() -> {
      kafka.rebalance(List.of(ONE, TWO));
      add(TWO, 0);
    });
    assertThat(consumer.keepPlace(WAIT)).isFalse();
    assertThat(consumer.lostPartitions()).isTrue();
    // its record was given to the poll that kept the place
    assertThat(consumer.position(TWO)).isZero();
    assertThat(consumer.poll(WAIT).isEmpty()).isTrue();
    assertThat(consumer.lostPartitions()).isFalse();
    assertThat(rebalances).contains("revoked 1", "assigned 2");
  }

  @Test
  void holding_endsWithThePause_aRebalance_orTheStop() {
    long before = nowNanos;
    assertThat(consumer.hold(Duration.ofSeconds(2), () -> false)).isTrue();
    assertThat(nowNanos - before).isGreaterThanOrEqualTo(2_000_000_000L);
    assertThat(consumer.hold(Duration.ofSeconds(2), () -> true)).isFalse();
    kafka.schedulePollTask(() -> kafka.rebalance(List.of(ONE)));
    assertThat(consumer.hold(Duration.ofDays(1), () -> false)).isFalse();
  }

  @Test
  void refusedRecords_areDeadLetters_beforeAnythingIsCommitted() {
    add(ONE, 0);
    consumer
        .poll(WAIT)
        .forEach(record -> consumer.refuse(record, new IllegalArgumentException("no unit")));
    assertThat(consumer.awaitDeadLetters(() -> false)).isTrue();
    assertThat(letters.history()).hasSize(1);
    assertThat(consumer.refusals().refused()).isEqualTo(1);
  }

  @Test
  void whileDeadLettersAreNotTaken_itWaits_untilTheStop() {
    letters.sendException = new TimeoutException("no answer");
    add(ONE, 0);
    ConsumerRecords<byte[], byte[]> records = consumer.poll(WAIT);
    records.forEach(record -> consumer.refuse(record, "no unit"));
    List<Integer> asked = new ArrayList<>();
    assertThat(
            consumer.awaitDeadLetters(() -> {
              asked.add(1);
              return asked.size() > 5;
            }))
        .isFalse();
    consumer.rewind(records);
    assertThat(consumer.position(ONE)).isZero();
  }

  @Test
  void readsOn_fromWhereItIsSent() {
    kafka.updateEndOffsets(Map.of(ONE, 9L));
    assertThat(consumer.end(ONE)).isEqualTo(9);
    consumer.seek(ONE, 7);
    assertThat(consumer.position(ONE)).isEqualTo(7);
    consumer.seekToBeginning(ONE);
    assertThat(consumer.position(ONE)).isZero();
    assertThat(consumer.committed(ONE)).isEmpty();
  }
}
