// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which processors refuse a record: it is counted, logged once a minute for each
 * kind of refusal, and kept as a bounded dead letter; the task continues with the next record. Of
 * one topology; safe for many threads.
 */
public final class RecordRefusals {
  /** Header of a record that is passed on by another key: the key that it had. */
  public static final String ORIGIN_KEY = "key";

  private static final Logger log = LoggerFactory.getLogger(RecordRefusals.class);

  /** Bytes of a record's value; a larger one is refused before it is read. */
  static final int MAX_VALUE_BYTES = 3 << 20;

  /**
   * Bytes of a value that is passed on to another topic or a changelog as it is, with headers
   * around it: what brokers take by default, 1 MiB, less those.
   */
  public static final int MAX_SENT_BYTES = 900 << 10;

  /** Characters of a record's key: two names and a slash. */
  static final int MAX_KEY_CHARACTERS = 501;

  /**
   * Names of the headers of where a record came from, which one has that is passed on to another
   * topic of the program.
   */
  private static final Set<String> ORIGIN =
      Set.of(
          DeadLetters.TOPIC,
          DeadLetters.PARTITION,
          DeadLetters.OFFSET,
          ORIGIN_KEY,
          DeadLetters.HEADERS_LEFT_OUT);

  private static final int MAX_LINE_CHARACTERS = 1_000;
  private static final int MAX_NUMBER_BYTES = 9;
  private static final byte[] ONE = {'1'};

  private final LongAdder refused = new LongAdder();
  private final LongAdder forged = new LongAdder();
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final Map<TaskId, Integer> setAside = new ConcurrentHashMap<>();

  /** Where a record was read from. */
  public record Place(String topic, int partition, long offset) {
    /** Of the record that a processor has in hand. */
    public static Place of(RecordMetadata metadata) {
      return new Place(metadata.topic(), metadata.partition(), metadata.offset());
    }

    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }

  /** The program failed at a record, in which it found nothing wrong. */
  public static final class ProgramFailed extends RuntimeException {
    public ProgramFailed(Throwable cause) {
      super("the program failed at it: " + cause, cause);
    }
  }

  /** Records refused by this instance since it started. */
  public long count() {
    return refused.sum();
  }

  /** Of these, records that were refused since they are not signed by whom they name. */
  public long forged() {
    return forged.sum();
  }

  /** Nodes of this instance's tasks that are set aside. */
  public int nodesSetAside() {
    return setAside.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** A task has so many nodes set aside. */
  public void noteSetAside(TaskId task, int nodes) {
    if (nodes == 0) {
      setAside.remove(task);
    } else {
      setAside.put(task, nodes);
    }
  }

  /**
   * Refuses a key or a value that is out of bounds, before anything is read of it.
   *
   * @return the key
   * @throws IllegalArgumentException with the reason
   */
  public static String checkedKey(@Nullable String key, byte @Nullable [] value) {
    if (key == null) {
      throw new IllegalArgumentException("a record without a key");
    }
    if (key.length() > MAX_KEY_CHARACTERS) {
      throw new IllegalArgumentException(
          "a key of %,d characters; %d at most".formatted(key.length(), MAX_KEY_CHARACTERS));
    }
    if (Bounds.firstUnprintable(key) < key.length()) {
      throw new IllegalArgumentException("a key with a character that no name may hold");
    }
    checkSize(value, MAX_VALUE_BYTES);
    return key;
  }

  /** Whether {@link #checkedKey} returns the key. */
  public static boolean isWithinBounds(@Nullable String key, byte @Nullable [] value) {
    return key != null
        && key.length() <= MAX_KEY_CHARACTERS
        && Bounds.firstUnprintable(key) >= key.length()
        && (value == null || value.length <= MAX_VALUE_BYTES);
  }

  /** Refuses a value that is larger. */
  public static void checkSize(byte @Nullable [] value, int mostBytes) {
    if (value != null && value.length > mostBytes) {
      throw new IllegalArgumentException(
          "a value of %,d bytes; %,d at most".formatted(value.length, mostBytes));
    }
  }

  /** The value, if there is one. */
  public static byte[] present(byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalArgumentException("an empty record");
    }
    return value;
  }

  /**
   * Throws what is not about the record in hand: failures of Kafka's clients, of stores, and of
   * what was forwarded. All else is a refusal.
   */
  public static void rethrowUnlessOfRecord(Throwable e) {
    boolean kafkas = e instanceof KafkaException && !(e instanceof SerializationException);
    if (kafkas) {
      throw (KafkaException) e;
    }
  }

  /**
   * Refuses a record for what was thrown over it.
   *
   * @param made the processor's output of a dead letter's value
   * @return what is to be forwarded to the topic of dead letters
   */
  public <V extends @Nullable Object> Record<String, V> refuse(
      Record<String, ?> record,
      byte @Nullable [] value,
      Place place,
      Throwable e,
      Function<byte @Nullable [], V> made) {
    rethrowUnlessOfRecord(e);
    Throwable thrown = e instanceof ProgramFailed failed ? requireNonNull(failed.getCause()) : e;
    StackTraceElement[] stack = thrown.getStackTrace();
    String kind = thrown.getClass().getName() + (stack.length == 0 ? "" : stack[0]);
    return refuse(record, value, place, reason(e), kind, made);
  }

  /**
   * Refuses a record that is not signed by whom it names.
   *
   * @param reason as a verifier has it
   */
  public <V extends @Nullable Object> Record<String, V> refuseForged(
      Record<String, byte[]> record,
      Place place,
      String reason,
      Function<byte @Nullable [], V> made) {
    forged.increment();
    return refuse(record, record.value(), place, reason, "forged", made);
  }

  /**
   * Refuses a record, or some fields of one.
   *
   * @param kind what refusals for this reason have in common
   */
  public <V extends @Nullable Object> Record<String, V> refuse(
      Record<String, ?> record,
      byte @Nullable [] value,
      Place place,
      String reason,
      String kind,
      Function<byte @Nullable [], V> made) {
    refused.increment();
    errors.warn(
        place.topic() + " " + kind,
        "refused %s: %s".formatted(place, ShownText.of(reason, MAX_LINE_CHARACTERS)));
    Headers headers =
        DeadLetters.withOwn(
            DeadLetters.headers(reason, place.topic(), place.partition(), place.offset(), value),
            record.headers(),
            ORIGIN);
    Header leftOut = record.headers().lastHeader(DeadLetters.HEADERS_LEFT_OUT);
    if (leftOut != null) {
      // when it was passed on: a number; whoever writes to a topic can send anything by that name
      byte[] number = leftOut.value();
      boolean isNumber = number != null && number.length <= MAX_NUMBER_BYTES;
      headers.add(leftOut.key(), isNumber ? number : ONE);
    }
    return new Record<>(
        cut(record.key()),
        made.apply(DeadLetters.cutValue(value)),
        Math.max(0, record.timestamp()),
        headers);
  }

  /** Logs what happened to more than a record, once a minute for each kind. */
  public void warn(String kind, String line) {
    errors.warn(kind, ShownText.of(line, MAX_LINE_CHARACTERS));
  }

  /** Why it is refused, in a line for a person. */
  public static String reason(Throwable e) {
    boolean hasReason =
        e instanceof SerializationException
            || e instanceof IllegalArgumentException
            || e instanceof ProgramFailed;
    return hasReason && e.getMessage() != null ? e.getMessage() : "the program failed at it: " + e;
  }

  private static @Nullable String cut(@Nullable String key) {
    if (key == null || key.length() <= MAX_KEY_CHARACTERS) {
      return key;
    }
    byte[] bytes = DeadLetters.cutKey(key.getBytes(UTF_8));
    return bytes == null ? null : new String(bytes, UTF_8);
  }
}
