// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.DistinctErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsumerRefusalsTest {
  private static boolean never() {
    throw new AssertionError("nothing to wait for");
  }

  private final List<String> lines = new ArrayList<>();
  private final List<Scripted> producers = new ArrayList<>();
  // what becomes of sends, one after the other; null: taken, as are all that follow
  private final List<@Nullable RuntimeException> fate = new ArrayList<>();
  private final ConsumerRefusals refusals =
      new ConsumerRefusals(
          () -> {
            Scripted made = new Scripted();
            producers.add(made);
            return made;
          },
          new DistinctErrors(lines::add));

  private final class Scripted extends MockProducer<byte[], byte[]> {
    Scripted() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      Future<RecordMetadata> sent = super.send(record, callback);
      RuntimeException e = fate.isEmpty() ? null : fate.removeFirst();
      if (e == null) {
        completeNext();
      } else {
        errorNext(e);
      }
      return sent;
    }
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, byte @Nullable [] value) {
    return new ConsumerRecord<>("jobs", 3, offset, "site/job".getBytes(UTF_8), value);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return record(offset, new byte[] {1, 2});
  }

  private static String header(ProducerRecord<?, ?> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }

  @Test
  void aRefusedRecordIsCountedLoggedAndKept() {
    refusals.refuse(record(7), new IllegalArgumentException("the unit is empty"));
    assertThat(refusals.await(ConsumerRefusalsTest::never)).isTrue();
    assertThat(refusals.refused()).isEqualTo(1);
    assertThat(lines).containsExactly("refused jobs 3 7: the unit is empty");
    ProducerRecord<byte[], byte[]> letter = producers.getFirst().history().getFirst();
    assertThat(letter.topic()).isEqualTo("dead-letter");
    assertThat(letter.value()).containsExactly(1, 2);
    assertThat(header(letter, "reason")).isEqualTo("the unit is empty");
    assertThat(header(letter, "offset")).isEqualTo("7");
  }

  @Test
  void ofOneKindOneLineIsLoggedInAMinute() {
    for (int i = 0; i < 1_000; i++) {
      refusals.refuse(
          record(i), new SerializationException("not a readable Job: '%d'".formatted(i)));
      refusals.refuse(record(i), new NullPointerException("x" + i));
    }
    assertThat(refusals.await(ConsumerRefusalsTest::never)).isTrue();
    assertThat(lines)
        .containsExactly(
            "refused jobs 3 0: not a readable Job: '0'",
            "refused jobs 3 0: NullPointerException: x0");
    assertThat(refusals.refused()).isEqualTo(2_000);
    assertThat(producers.getFirst().history()).hasSize(2_000);
  }

  @Test
  void anythingButKafkasOwnIsOfTheRecord() {
    assertThat(
            Arrays.asList(
                new NullPointerException(),
                new StackOverflowError(),
                new SerializationException("no"),
                new ArithmeticException(),
                new StringIndexOutOfBoundsException()))
        .allMatch(ConsumerRefusals::isOfTheRecord);
    assertThat(
            Arrays.asList(
                new KafkaException(),
                new WakeupException(),
                new InterruptException("x"),
                new AuthorizationException("x"),
                new OutOfMemoryError()))
        .noneMatch(ConsumerRefusals::isOfTheRecord);
    assertThatThrownBy(() -> refusals.refuse(record(1), new WakeupException()))
        .isInstanceOf(WakeupException.class);
    assertThat(refusals.refused()).isZero();
  }

  @Test
  void aValueOfAnySizeIsKeptWithinBounds() {
    for (int size : new int[] {64 << 10, (64 << 10) + 1, 5_000_000}) {
      refusals.refuse(record(size, new byte[size]), "no");
    }
    refusals.refuse(record(1, null), "no");
    assertThat(refusals.await(ConsumerRefusalsTest::never)).isTrue();
    List<ProducerRecord<byte[], byte[]>> letters = producers.getFirst().history();
    assertThat(letters).hasSize(4);
    assertThat(letters)
        .allMatch(letter -> letter.value() == null || letter.value().length <= 64 << 10);
    assertThat(header(letters.get(2), "size")).isEqualTo("5000000");
  }

  @Test
  void whileKafkaIsAwayItIsTriedAgainAndNothingIsLost() {
    fate.addAll(Arrays.asList(new TimeoutException("away"), new TimeoutException("away")));
    for (int i = 0; i < 3; i++) {
      refusals.refuse(record(i), "no");
    }
    List<String> pauses = new ArrayList<>();
    assertThat(refusals.await(() -> pauses.add(refusals.trouble().orElseThrow()))).isTrue();
    assertThat(pauses).isNotEmpty();
    assertThat(refusals.trouble()).isEmpty();
    assertThat(refusals.dropped()).isZero();
    assertThat(producers).hasSize(1);
    assertThat(producers.getFirst().history().stream().map(letter -> header(letter, "offset")))
        .contains("0", "1", "2");
    assertThat(lines)
        .anyMatch(line -> line.contains("Kafka does not take dead letters"))
        .anyMatch(line -> line.contains("again"));
  }

  @Test
  void aProducerThatIsOfNoMoreUseIsReplaced() {
    fate.add(new AuthorizationException("not allowed"));
    refusals.refuse(record(0), "no");
    assertThat(refusals.await(() -> true)).isTrue();
    assertThat(producers).hasSize(2);
    assertThat(producers.getFirst().closed()).isTrue();
    assertThat(producers.getLast().history()).hasSize(1);
  }

  @Test
  void whenThePlaceIsLostNothingMayBeCommitted() {
    fate.add(new TimeoutException("away"));
    refusals.refuse(record(0), "no");
    assertThat(refusals.await(() -> false)).isFalse();
    // whoever reads it again refuses it again
    refusals.refuse(record(0), "no");
    assertThat(refusals.await(() -> true)).isTrue();
  }

  @Test
  void aLetterThatKafkaNeverTakesIsDroppedCountedAndLogged() {
    fate.addAll(
        Arrays.asList(
            new RecordTooLargeException("over 10 bytes"),
            new KafkaException("not sent", new InvalidRecordException("no key"))));
    for (int i = 0; i < 3; i++) {
      refusals.refuse(record(i), "no");
    }
    assertThat(refusals.await(ConsumerRefusalsTest::never)).isTrue();
    assertThat(refusals.dropped()).isEqualTo(2);
    assertThat(refusals.refused()).isEqualTo(3);
    assertThat(lines).anyMatch(line -> line.contains("jobs 3 0 is dropped"));
  }
}
