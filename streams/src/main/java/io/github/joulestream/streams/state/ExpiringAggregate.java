// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A total that is closed when nothing was added to it for a while, so that state does not grow with
 * the past. What comes later still begins another part: parts are kept apart in the store, and add
 * up. Time is that of arrival, so one key's clock or backfill closes nothing of another's.
 *
 * @param fragmentEpochMillis 0, or the arrival of what this part began with, if there may be parts
 *     before it
 * @param touchedEpochMillis the arrival of what was added last
 */
public record ExpiringAggregate<V>(long fragmentEpochMillis, long touchedEpochMillis, V value) {
  /** A window to which nothing was added for this long is closed. */
  public static final Duration WINDOW_LIFE = Duration.ofMinutes(70);

  /** How often what is over is looked for. */
  public static final Duration SWEEP = Duration.ofMinutes(5);

  // a reading comes no earlier than this before its own time
  private static final long EARLY_MILLIS = 300_000;

  /** A first part if there cannot have been one before, which was closed since; else another. */
  public static <V> ExpiringAggregate<V> begin(
      long subjectStartEpochMillis, long arrivalEpochMillis, Duration life, V value) {
    boolean first = arrivalEpochMillis - subjectStartEpochMillis < life.toMillis() - EARLY_MILLIS;
    return new ExpiringAggregate<>(first ? 0 : arrivalEpochMillis, arrivalEpochMillis, value);
  }

  public ExpiringAggregate<V> touched(long arrivalEpochMillis, V newValue) {
    return new ExpiringAggregate<>(
        fragmentEpochMillis, Math.max(touchedEpochMillis, arrivalEpochMillis), newValue);
  }

  /** When something was added last, of one that was written by {@link #serde}. */
  public static long touchedEpochMillis(byte[] written) {
    return ByteBuffer.wrap(written).getLong(Long.BYTES);
  }

  /** A store of such totals. */
  public static <V> StoreBuilder<ObjectCacheStore<ExpiringAggregate<V>>> store(
      String name, Serde<V> values, CacheBudget budget) {
    Serde<ExpiringAggregate<V>> serde = serde(values);
    return ObjectCacheStore.builder(
        name,
        aged -> serde.serializer().serialize(name, aged),
        bytes -> serde.deserializer().deserialize(name, bytes),
        budget);
  }

  static <V> Serde<ExpiringAggregate<V>> serde(Serde<V> values) {
    Serializer<V> serializer = values.serializer();
    Deserializer<V> deserializer = values.deserializer();
    return Serdes.serdeFrom(
        (topic, aged) -> {
          if (aged == null) {
            return null;
          }
          byte[] value = serializer.serialize(topic, aged.value);
          return ByteBuffer.allocate(16 + value.length)
              .putLong(aged.fragmentEpochMillis)
              .putLong(aged.touchedEpochMillis)
              .put(value)
              .array();
        },
        (topic, bytes) -> {
          if (bytes == null) {
            return null;
          }
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          long part = buffer.getLong();
          long touched = buffer.getLong();
          byte[] value = new byte[buffer.remaining()];
          buffer.get(value);
          return new ExpiringAggregate<>(part, touched, deserializer.deserialize(topic, value));
        });
  }
}
