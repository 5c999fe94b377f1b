// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A total that expires when nothing was added to it for a while, so that state does not grow with
 * the past. What arrives after that begins another fragment: fragments have keys of their own in
 * the time-series store, and add up. Time is that of arrival, so one key's clock or backfill makes
 * nothing of another key expire.
 *
 * <pre>
 *   written   header, fragment, last update, value as it is on the wire
 * </pre>
 *
 * @param fragmentEpochMillis 0, or the arrival of what this fragment began with, if there may be
 *     fragments before it
 * @param lastUpdateEpochMillis the arrival of what was added last
 */
public record ExpiringAggregate<V>(long fragmentEpochMillis, long lastUpdateEpochMillis, V value) {
  /** A window expires when nothing was added to it for this long. */
  public static final Duration WINDOW_LIFE = Duration.ofMinutes(70);

  /** How often totals that have expired are looked for. */
  public static final Duration SWEEP = Duration.ofMinutes(5);

  // a reading arrives no earlier than this before its own time
  private static final long EARLY_MILLIS = 300_000;

  private static final int LAST_UPDATE_AT = StateFormat.LENGTH + Long.BYTES;
  private static final int VALUE_AT = StateFormat.LENGTH + 2 * Long.BYTES;

  /**
   * Begins a total: the first fragment if one before it cannot have expired since the start of what
   * it is of, else a further one.
   *
   * @param life after which such a total expires
   */
  public static <V> ExpiringAggregate<V> begin(
      long subjectStartEpochMillis, long arrivalEpochMillis, Duration life, V value) {
    boolean first = arrivalEpochMillis - subjectStartEpochMillis < life.toMillis() - EARLY_MILLIS;
    return new ExpiringAggregate<>(first ? 0 : arrivalEpochMillis, arrivalEpochMillis, value);
  }

  /** The same fragment with another value, after something arrived. */
  public ExpiringAggregate<V> updated(long arrivalEpochMillis, V newValue) {
    return new ExpiringAggregate<>(
        fragmentEpochMillis, Math.max(lastUpdateEpochMillis, arrivalEpochMillis), newValue);
  }

  /** The last update of one as it is written. */
  public static long lastUpdateEpochMillis(byte[] written) {
    checkFormat(written);
    return ByteBuffer.wrap(written).getLong(LAST_UPDATE_AT);
  }

  /** A store of such totals. */
  public static <V> StoreBuilder<ObjectCacheStore<ExpiringAggregate<V>>> store(
      String name, Serde<V> values, CacheBudget budget) {
    Serializer<V> serializer = values.serializer();
    Deserializer<V> deserializer = values.deserializer();
    return ObjectCacheStore.builder(
        name,
        aggregate -> aggregate.write(serializer.serialize(name, aggregate.value)),
        written -> read(written, bytes -> deserializer.deserialize(name, bytes)),
        budget);
  }

  private byte[] write(byte[] serialized) {
    byte[] written = new byte[VALUE_AT + serialized.length];
    Formats.AGGREGATE.write(written, 0);
    ByteBuffer.wrap(written)
        .position(StateFormat.LENGTH)
        .putLong(fragmentEpochMillis)
        .putLong(lastUpdateEpochMillis)
        .put(serialized);
    return written;
  }

  private static <V> ExpiringAggregate<V> read(byte[] written, Function<byte[], V> values) {
    checkFormat(written);
    ByteBuffer in = ByteBuffer.wrap(written).position(StateFormat.LENGTH);
    return new ExpiringAggregate<>(
        in.getLong(),
        in.getLong(),
        values.apply(Arrays.copyOfRange(written, VALUE_AT, written.length)));
  }

  private static void checkFormat(byte[] written) {
    try {
      Formats.AGGREGATE.read(written, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
