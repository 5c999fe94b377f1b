// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The latest news of a task's nodes, in the order in which they were taken in. What an account in
 * memory has learnt since it was last written down is here: after a crash the account is read, and
 * takes in the same news again. So a commit writes a few large records, however many nodes there
 * are.
 *
 * <pre>
 *   chunk  ... [entry entry entry ..][entry entry 0 0 0]     a record of the changelog each
 *   entry  length, node, telemetry or allocation, arrival, offset, bytes as they were on the wire
 * </pre>
 */
public final class Journal extends CommitStore<byte[]> {
  /** Records of changelogs are no larger, bytes: a record of a topic, and what is put around it. */
  public static final int MOST_RECORD = 4 << 20;

  private static final HexFormat HEX = HexFormat.of();
  private static final int LEAST_CHUNK = 4 << 10;
  private static final int MOST_CHUNK = 64 << 10;
  private static final int FIXED = Integer.BYTES + Short.BYTES + 1 + 2 * Long.BYTES;
  private static final byte[] NOTHING = {};

  // the cleaner can drop what is done with only behind the segment that is written to
  private static final Map<String, String> CHANGELOG =
      Map.of(
          "segment.bytes", String.valueOf(32 << 20),
          "min.cleanable.dirty.ratio", "0.1",
          "max.message.bytes", String.valueOf(MOST_RECORD));

  // chunks that were written, oldest first
  private final ArrayDeque<Written> written = new ArrayDeque<>();
  private byte[] chunk = NOTHING;
  private int used;
  private int wanted = LEAST_CHUNK;
  private long nextChunk;
  // bytes ever appended
  private long position;

  private record Written(String key, long endPosition) {}

  /** Where an entry's value is; the array is not to be changed. */
  record Slice(byte[] bytes, int from, int length) {}

  /** What was taken in. */
  record Entry(String node, boolean telemetry, long arrivalEpochMillis, long offset, Slice value) {}

  private Journal(KeyValueStore<String, byte[]> inner) {
    super(inner);
  }

  static StoreBuilder<Journal> builder(String name) {
    return new Builder<>(Stores.inMemoryKeyValueStore(name), CHANGELOG, Journal::new);
  }

  /** Begins with what is there: shows all entries, oldest first. */
  void open(Consumer<Entry> taker) {
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        nextChunk = HexFormat.fromHexDigitsToLong(next.key) + 1;
        read(next.value, taker);
        written.add(new Written(next.key, position));
      }
    }
  }

  private void read(byte[] bytes, Consumer<Entry> taker) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= FIXED) {
      int length = in.getInt();
      if (length == 0) {
        break;
      }
      int end = in.position() + length;
      byte[] node = new byte[in.getShort()];
      in.get(node);
      boolean telemetry = in.get() != 0;
      long arrival = in.getLong();
      long offset = in.getLong();
      position += Integer.BYTES + length;
      taker.accept(
          new Entry(
              new String(node, UTF_8),
              telemetry,
              arrival,
              offset,
              new Slice(bytes, in.position(), end - in.position())));
      in.position(end);
    }
  }

  /** Bytes appended so far: the position of what comes next. */
  long position() {
    return position;
  }

  /** Appends what was taken in. */
  Slice append(byte[] node, boolean telemetry, long arrivalEpochMillis, long offset, byte[] value) {
    int size = FIXED + node.length + value.length;
    if (size > chunk.length - used) {
      seal();
      chunk = new byte[Math.max(size, wanted)];
    }
    ByteBuffer.wrap(chunk, used, size)
        .putInt(size - Integer.BYTES)
        .putShort((short) node.length)
        .put(node)
        .put((byte) (telemetry ? 1 : 0))
        .putLong(arrivalEpochMillis)
        .putLong(offset)
        .put(value);
    used += size;
    position += size;
    return new Slice(chunk, used - value.length, value.length);
  }

  private void seal() {
    if (used == 0) {
      return;
    }
    // as much as this time will be wanted next time
    wanted = Math.clamp(2L * used, LEAST_CHUNK, MOST_CHUNK);
    String key = HEX.toHexDigits(nextChunk++);
    // not a copy: what the nodes remember lies in the same array
    inner.put(key, used < chunk.length / 2 ? Arrays.copyOf(chunk, used) : chunk);
    written.add(new Written(key, position));
    chunk = NOTHING;
    used = 0;
  }

  /** Drops chunks all of whose entries lie before a position. */
  void forgetBefore(long before) {
    while (!written.isEmpty() && written.getFirst().endPosition <= before) {
      inner.delete(written.removeFirst().key);
    }
  }

  @Override
  void writeChanges() {
    seal();
  }

  @Override
  void forgetMemory() {
    written.clear();
    chunk = NOTHING;
    used = 0;
    wanted = LEAST_CHUNK;
    nextChunk = 0;
    position = 0;
  }
}
