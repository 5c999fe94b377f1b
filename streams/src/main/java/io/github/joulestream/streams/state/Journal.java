// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.Described;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The latest news of a task's nodes, in the order in which they were taken in. What an account in
 * memory has learnt since it was last written down is here: after a crash the account is read, and
 * takes in the same news again. So a commit writes a few large records, however many nodes there
 * are.
 *
 * <pre>
 *   chunk  ... [entry entry entry ..][entry entry 0 0 0]     a record of the changelog each
 *   entry  length, node, what it is, arrival, offset, bytes as they were on the wire
 * </pre>
 *
 * <p>What a batch says of its devices is left out where the entry of the node before said the same.
 */
public final class Journal extends CommitStore<byte[]> {
  /** Records of changelogs are no larger, bytes: a record of a topic, and what is put around it. */
  public static final int MAX_RECORD = 4 << 20;

  private static final HexFormat HEX = HexFormat.of();
  private static final int MIN_CHUNK = 4 << 10;
  private static final int MAX_CHUNK = 64 << 10;
  private static final int FIXED = Integer.BYTES + Short.BYTES + 1 + 2 * Long.BYTES;
  private static final byte[] NOTHING = {};

  // the cleaner can drop what is done with only behind the segment that is written to
  private static final Map<String, String> CHANGELOG =
      Map.of(
          "segment.bytes", String.valueOf(32 << 20),
          "min.cleanable.dirty.ratio", "0.1",
          "max.message.bytes", String.valueOf(MAX_RECORD));

  // chunks that were written, oldest first
  private final ArrayDeque<Written> written = new ArrayDeque<>();
  private byte[] chunk = NOTHING;
  private int used;
  private int wanted = MIN_CHUNK;
  private long nextChunk;
  // bytes ever appended
  private long position;

  private record Written(String key, long startPosition, long endPosition) {}

  /** What an entry is. */
  public enum Kind {
    ALLOCATION(0),
    TELEMETRY(1),
    /** Telemetry without what it says of its devices. */
    BARE(2),
    /** Of no node: all that follows from the entries before has been told. */
    TOLD(3);

    private static final Kind[] BY_CODE = {ALLOCATION, TELEMETRY, BARE, TOLD};

    /** In state; never changes. */
    final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    /** The kind of this code. */
    static Kind of(byte code) {
      return BY_CODE[code];
    }
  }

  /**
   * Where an entry's value is; the array is not to be changed.
   *
   * @param cut what was cut out of it, or null if it is whole
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record Slice(byte[] bytes, int from, int length, @Nullable Described cut) {
    /** Reads the batch that lies there. */
    public void readBy(TelemetryReader reader, @Nullable Described known) {
      if (cut == null) {
        reader.read(bytes, from, length, known);
      } else {
        reader.readBare(bytes, from, length, cut);
      }
    }
  }

  /**
   * What was taken in.
   *
   * @param position where it ends, in bytes from the beginning
   */
  public record Entry(
      String node, Kind kind, long arrivalEpochMillis, long offset, Slice value, long position) {
    /** The batch, of a node that has taken in the entries before. */
    public Slice batchOf(NodeState taker) {
      return kind == Kind.BARE
          ? new Slice(
              value.bytes,
              value.from,
              value.length,
              requireNonNull(taker.inJournal, "a bare batch after no other"))
          : value;
    }
  }

  private Journal(KeyValueStore<String, byte[]> inner) {
    super(inner);
  }

  public static StoreBuilder<Journal> builder(String name) {
    return new Builder<>(Stores.inMemoryKeyValueStore(name), CHANGELOG, Journal::new);
  }

  /** Begins with what is there: shows all entries, oldest first. */
  void open(Consumer<Entry> taker) {
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        nextChunk = HexFormat.fromHexDigitsToLong(next.key) + 1;
        long start = position;
        position = read(next.value, next.value.length, start, null, taker);
        written.add(new Written(next.key, start, position));
      }
    }
  }

  /** The entries of a node that end behind a position, oldest first. */
  List<Entry> entriesOf(byte[] node, long behind) {
    List<Entry> entries = new ArrayList<>();
    Consumer<Entry> taker =
        entry -> {
          if (entry.position() > behind) {
            entries.add(entry);
          }
        };
    for (Written one : written) {
      if (one.endPosition > behind) {
        byte[] bytes = requireNonNull(inner.get(one.key), one.key);
        read(bytes, bytes.length, one.startPosition, node, taker);
      }
    }
    read(chunk, used, position - used, node, taker);
    return entries;
  }

  /**
   * Reads a chunk.
   *
   * @param size bytes of it that are entries
   * @param start position at which it begins
   * @param of the node whose entries are wanted, or null for all
   * @return the position at which it ends
   */
  private static long read(
      byte[] bytes, int size, long start, byte @Nullable [] of, Consumer<Entry> taker) {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, size);
    long position = start;
    while (in.remaining() >= FIXED) {
      int length = in.getInt();
      if (length == 0) {
        break;
      }
      int end = in.position() + length;
      int nameLength = in.getShort();
      int name = in.position();
      in.position(name + nameLength);
      Kind kind = Kind.of(in.get());
      long arrival = in.getLong();
      long offset = in.getLong();
      position += Integer.BYTES + length;
      if (of == null || Arrays.equals(bytes, name, name + nameLength, of, 0, of.length)) {
        taker.accept(
            new Entry(
                new String(bytes, name, nameLength, UTF_8),
                kind,
                arrival,
                offset,
                new Slice(bytes, in.position(), end - in.position(), null),
                position));
      }
      in.position(end);
    }
    return position;
  }

  /** Bytes appended so far: the position of what comes next. */
  long position() {
    return position;
  }

  /**
   * Appends what was taken in.
   *
   * @param cut with {@code BARE}, what is left out of the value
   * @param cutFrom where in the value it begins
   * @param cutTo and where it ends
   */
  Slice append(
      byte[] node,
      Kind kind,
      long arrivalEpochMillis,
      long offset,
      byte[] value,
      @Nullable Described cut,
      int cutFrom,
      int cutTo) {
    int length = value.length - (cutTo - cutFrom);
    int size = FIXED + node.length + length;
    if (size > chunk.length - used) {
      seal();
      chunk = new byte[Math.max(size, wanted)];
    }
    ByteBuffer.wrap(chunk, used, size)
        .putInt(size - Integer.BYTES)
        .putShort((short) node.length)
        .put(node)
        .put(kind.code)
        .putLong(arrivalEpochMillis)
        .putLong(offset)
        .put(value, 0, cutFrom)
        .put(value, cutTo, value.length - cutTo);
    used += size;
    position += size;
    return new Slice(chunk, used - length, length, cut);
  }

  /** Notes that all that follows from what was appended so far is told with this commit. */
  void appendTold() {
    append(NOTHING, Kind.TOLD, 0, 0, NOTHING, null, 0, 0);
  }

  private void seal() {
    if (used == 0) {
      return;
    }
    // as much as this time will be wanted next time
    wanted = Math.clamp(2L * used, MIN_CHUNK, MAX_CHUNK);
    String key = HEX.toHexDigits(nextChunk++);
    long start = position - used;
    // not a copy: what the nodes remember lies in the same array
    inner.put(key, used < chunk.length / 2 ? Arrays.copyOf(chunk, used) : chunk);
    written.add(new Written(key, start, position));
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
    wanted = MIN_CHUNK;
    nextChunk = 0;
    position = 0;
  }
}
