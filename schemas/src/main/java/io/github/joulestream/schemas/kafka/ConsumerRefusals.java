// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * What every consumer does with a record that it cannot use: counts it, logs it, once for each kind
 * and minute, writes it as a dead letter, and continues with the next. Owned by one thread; any may
 * read its figures.
 *
 * <p>Offsets may be committed only after {@link #await}: then Kafka has every letter. While Kafka
 * does not take them it tries again; a letter that Kafka will never take is dropped, counted and
 * logged.
 */
public final class ConsumerRefusals implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int MAX_BLOCK_MILLIS = 5_000;
  private static final int REQUEST_MILLIS = 10_000;
  private static final int DELIVERY_MILLIS = 20_000;

  private final Supplier<Producer<byte[], byte[]>> connector;
  private final DistinctErrors errors;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicReference<@Nullable KafkaTrouble> trouble = new AtomicReference<>();
  private final List<Letter> waiting = new ArrayList<>();
  private @Nullable Producer<byte[], byte[]> producer;

  /** A letter that Kafka has not acknowledged yet. */
  private static final class Letter {
    final ConsumerRecord<byte[], byte[]> origin;
    final ProducerRecord<byte[], byte[]> record;
    // null if it is to be sent, again perhaps
    @Nullable Future<?> sent;
    // Kafka has it, or will never take it
    boolean settled;

    Letter(ConsumerRecord<byte[], byte[]> origin, String reason) {
      this.origin = origin;
      this.record = DeadLetters.letter(origin, reason);
    }
  }

  /**
   * Connects when the first record is refused.
   *
   * @param kafka how to reach the cluster
   * @param group of the consumer; names the producer
   * @param log takes lines: {@code log::warn}
   */
  public ConsumerRefusals(KafkaClients kafka, String group, Consumer<String> log) {
    this(() -> connect(kafka, group), new DistinctErrors(log));
  }

  ConsumerRefusals(Supplier<Producer<byte[], byte[]>> connector, DistinctErrors errors) {
    this.connector = connector;
    this.errors = errors;
  }

  private static Producer<byte[], byte[]> connect(KafkaClients kafka, String group) {
    return kafka
        // the waiting thread holds a place in a consumer group meanwhile
        .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS)
        .with(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS)
        .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS)
        .with(ProducerConfig.LINGER_MS_CONFIG, 5)
        .producer(group + "-refusals", new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * True if a failure is of the record that was being worked on: any exception, and a stack that it
   * has overflown. What Kafka's clients throw of their own, such as an interruption or a lost
   * connection, is not.
   */
  public static boolean isOfTheRecord(Throwable e) {
    return e instanceof StackOverflowError
        || e instanceof SerializationException
        || (e instanceof RuntimeException && !(e instanceof KafkaException));
  }

  /** Why a record was refused, in words. */
  public static String reason(Throwable e) {
    String message = e.getMessage();
    boolean forPeople =
        e instanceof SerializationException
            || e.getClass() == IllegalArgumentException.class
            || e.getClass() == ArithmeticException.class;
    if (message == null || message.isBlank()) {
      return e.getClass().getSimpleName();
    }
    return forPeople ? message : e.getClass().getSimpleName() + ": " + message;
  }

  /**
   * Refuses the record over which something failed.
   *
   * @throws RuntimeException the failure itself, if it is not of the record
   */
  public void refuse(ConsumerRecord<byte[], byte[]> record, Throwable e) {
    if (!isOfTheRecord(e)) {
      if (e instanceof Error error) {
        throw error;
      }
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
    refuse(record, reason(e));
  }

  /** Refuses a record for a reason in words. */
  public void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
    refused.incrementAndGet();
    errors.warn(
        record.topic() + DeadLetters.kind(brief(reason)),
        "refused %s: %s".formatted(where(record), brief(reason)));
    Letter letter = new Letter(record, reason);
    waiting.add(letter);
    if (trouble.get() == null) {
      send(letter);
    }
  }

  private static String where(ConsumerRecord<?, ?> record) {
    return "%s %d %d".formatted(record.topic(), record.partition(), record.offset());
  }

  private static String brief(String reason) {
    return reason.length() <= 500 ? reason : reason.substring(0, 500) + " ...";
  }

  private void send(Letter letter) {
    try {
      Producer<byte[], byte[]> to = producer;
      if (to == null) {
        to = connector.get();
        producer = to;
      }
      letter.sent = to.send(letter.record);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      failed(letter, e);
    }
  }

  /**
   * Returns when Kafka has all letters, or will never take those that it has not.
   *
   * @param pause waits and holds the consumer's place in its group meanwhile; false if the place
   *     was lost or a stop was asked for, so that nothing may be committed
   * @return false if {@code pause} returned false: the records are read again, here or elsewhere
   */
  public boolean await(BooleanSupplier pause) {
    while (!settled()) {
      if (!pause.getAsBoolean()) {
        waiting.clear();
        return false;
      }
    }
    return true;
  }

  /** True if nothing is to be done for any letter any more; asks no further after a failure. */
  private boolean settled() {
    waiting.removeIf(letter -> letter.settled);
    for (Letter letter : waiting) {
      if (letter.sent == null) {
        send(letter);
        // the first shows whether Kafka is there again; the others need not wait for each other
        if (trouble.get() != null && !isTaken(letter)) {
          return false;
        }
        isThere();
      }
    }
    for (Letter letter : waiting) {
      if (!letter.settled && !isTaken(letter)) {
        return false;
      }
    }
    waiting.clear();
    return true;
  }

  private void isThere() {
    if (trouble.getAndSet(null) != null) {
      errors.warn("back", "Kafka takes dead letters again");
    }
  }

  /** True also of one that Kafka will never take. */
  private boolean isTaken(Letter letter) {
    Future<?> sent = letter.sent;
    if (sent != null) {
      try {
        sent.get();
        letter.settled = true;
      } catch (ExecutionException e) {
        failed(letter, requireNonNull(e.getCause(), "cause"));
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return letter.settled;
  }

  private void failed(Letter letter, Throwable e) {
    letter.sent = null;
    KafkaTrouble why = KafkaTrouble.of(e);
    if (why.kind() == KafkaTrouble.Kind.RECORD) {
      letter.settled = true;
      dropped.incrementAndGet();
      errors.warn(
          "dropped",
          "the dead letter of %s is dropped, because Kafka will never take it: %s"
              .formatted(where(letter.origin), e.getMessage()));
      return;
    }
    trouble.set(why);
    errors.warn(
        "trouble",
        "Kafka does not take dead letters, trying until it does: %s".formatted(why.words()));
    if (!(e instanceof RetriableException)) {
      disconnect(); // it may be of no more use
    }
  }

  /** What the producer had not sent is to be sent by the next. */
  private void disconnect() {
    Producer<byte[], byte[]> old = producer;
    producer = null;
    if (old != null) {
      old.close(Duration.ZERO);
    }
    for (Letter letter : waiting) {
      Future<?> sent = letter.sent;
      if (sent != null && sent.state() != Future.State.SUCCESS) {
        letter.sent = null;
      }
    }
  }

  /** Records refused since the start. */
  public long refused() {
    return refused.get();
  }

  /** Of these, dead letters that Kafka will never take. */
  public long dropped() {
    return dropped.get();
  }

  /** Why Kafka does not take dead letters now, if it does not. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble.get()).map(KafkaTrouble::words);
  }

  /**
   * The health of a program that waits for Kafka to take its dead letters, if it does: not ready if
   * it waits until somebody acts.
   */
  public Optional<Health> health() {
    return Optional.ofNullable(trouble.get())
        .map(why -> {
          String words = "Kafka does not take dead letters: " + why.words();
          return why.needsSomebody() ? Health.needsSomebody(words) : Health.good(words);
        });
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> old = producer;
    producer = null;
    if (old != null) {
      old.close(CLOSE_LIMIT);
    }
  }
}
