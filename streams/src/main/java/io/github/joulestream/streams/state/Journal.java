// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.DeviceBlock;
import io.github.joulestream.streams.failure.DamagedStateException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a task have taken in since each was last written, in the order in which they
 * took it in. After a crash the account of a node is read from its store, and takes in the same
 * entries again. So a commit writes a few large records, however many nodes there are.
 *
 * <pre>
 *   chunk  ... [header entry entry entry ..][header entry entry 0 0 0]   a record of the changelog each
 *   header format, position of the first entry
 *   entry  length, node, kind, arrival, offset, bytes as they were on the wire
 * </pre>
 *
 * <p>A position counts the bytes of all entries that were ever appended, over restarts too.
 *
 * <p>The device block of a batch is omitted where the entry of the node before had the same.
 */
public final class Journal extends CommitStore<byte[]> {
  /** Records of changelogs are no larger, bytes: a record of a topic, and what is put around it. */
  public static final int MAX_RECORD = 4 << 20;

  private static final HexFormat HEX = HexFormat.of();
  private static final int MIN_CHUNK = 4 << 10;
  private static final int MAX_CHUNK = 64 << 10;
  private static final int HEADER = StateFormat.LENGTH + Long.BYTES;
  private static final int FIXED = Integer.BYTES + Short.BYTES + 1 + 2 * Long.BYTES;
  private static final byte[] NOTHING = {};

  // the cleaner can drop deleted chunks only behind the segment that is written to
  private static final Map<String, String> CHANGELOG =
      Map.of(
          "segment.bytes", String.valueOf(32 << 20),
          "min.cleanable.dirty.ratio", "0.1",
          "max.message.bytes", String.valueOf(MAX_RECORD));

  // chunks that were written, oldest first
  private final ArrayDeque<Written> written = new ArrayDeque<>();
  private byte[] chunk = NOTHING;
  // bytes of the chunk, with its header
  private int used;
  private int nextChunkBytes = MIN_CHUNK;
  private long nextChunk;
  private long position;

  private record Written(String key, long startPosition, long endPosition) {}

  /** What an entry is. */
  public enum Kind {
    ALLOCATION(0),
    TELEMETRY(1),
    /** Telemetry whose device block is omitted. */
    WITHOUT_DEVICES(2),
    /** Of no node: the increments of all entries before were emitted to jobs. */
    EMITTED(3);

    private static final Kind[] BY_CODE = {ALLOCATION, TELEMETRY, WITHOUT_DEVICES, EMITTED};

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
   * Where the value of an entry is; the array is not to be changed.
   *
   * @param omitted the device block that was left out of it, or null if it is complete
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record Slice(byte[] bytes, int from, int length, @Nullable DeviceBlock omitted) {
    /** Reads the batch that lies there. */
    public void readBy(TelemetryReader reader, @Nullable DeviceBlock known) {
      if (omitted == null) {
        reader.read(bytes, from, length, known);
      } else {
        reader.readWithoutDevices(bytes, from, length, omitted);
      }
    }
  }

  /**
   * What a node took in.
   *
   * @param position where it ends
   */
  public record Entry(
      String node, Kind kind, long arrivalEpochMillis, long offset, Slice value, long position) {
    /** The batch, of a node that has taken in the entries before. */
    public Slice batchOf(NodeState taker) {
      return kind == Kind.WITHOUT_DEVICES
          ? new Slice(
              value.bytes,
              value.from,
              value.length,
              requireNonNull(taker.inJournal, "a batch without devices after no other"))
          : value;
    }
  }

  private Journal(KeyValueStore<String, byte[]> inner) {
    super(inner, Formats.OF_NODES);
  }

  public static StoreBuilder<Journal> builder(String name) {
    return new Builder<>(Stores.inMemoryKeyValueStore(name), CHANGELOG, Journal::new);
  }

  /**
   * Checks the formats of all stores of nodes, of which this store has the record. To be called
   * before anything is read of them.
   *
   * @throws UncheckedIOException caused by an {@link UnknownStateFormatException} if this release
   *     does not read one of them
   */
  public void checkFormats(
      KeyValueStore<String, byte[]> accounts,
      KeyValueStore<String, byte[]> setAside,
      WindowStore<String, byte[]> history) {
    if (!checkRecord()) {
      reportDeleted(
          name(),
          OlderState.delete(inner, Formats.OF_NODES)
              + OlderState.delete(accounts, Formats.OF_NODES)
              + OlderState.delete(setAside, Formats.OF_NODES)
              + OlderState.delete(history, Formats.OF_NODES));
    }
  }

  /** Begins with what is there: shows all entries, oldest first. */
  void open(Consumer<Entry> taker) {
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        if (next.key.equals(FormatRecord.KEY)) {
          continue;
        }
        nextChunk = HexFormat.fromHexDigitsToLong(next.key) + 1;
        long start = startPosition(next.key, next.value);
        position = read(next.value, next.value.length, start, null, taker);
        written.add(new Written(next.key, start, position));
      }
    }
  }

  private long startPosition(String key, byte[] chunk) {
    try {
      Formats.JOURNAL.read(chunk, 0);
      if (chunk.length < StateFormat.LENGTH + Long.BYTES) {
        throw new EOFException("%d bytes".formatted(chunk.length));
      }
    } catch (UnknownStateFormatException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new DamagedStateException("chunk %s of %s".formatted(key, name()), e));
    }
    return ByteBuffer.wrap(chunk).getLong(StateFormat.LENGTH);
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
    read(chunk, used, chunkStart(), node, taker);
    return entries;
  }

  /**
   * Reads a chunk.
   *
   * @param size bytes of it that are used
   * @param start position of its first entry
   * @param of the node whose entries are wanted, or null for all
   * @return the position at which it ends
   */
  private static long read(
      byte[] bytes, int size, long start, byte @Nullable [] of, Consumer<Entry> taker) {
    long position = start;
    if (size <= HEADER) {
      return position;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, HEADER, size - HEADER);
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

  /** Bytes of entries appended so far: the position of what comes next. */
  long position() {
    return position;
  }

  private long chunkStart() {
    return used == 0 ? position : position - (used - HEADER);
  }

  /**
   * Appends what was taken in.
   *
   * @param omitted with {@code WITHOUT_DEVICES}, what is left out of the value
   * @param omittedFrom where in the value it begins
   * @param omittedTo and where it ends
   */
  Slice append(
      byte[] node,
      Kind kind,
      long arrivalEpochMillis,
      long offset,
      byte[] value,
      @Nullable DeviceBlock omitted,
      int omittedFrom,
      int omittedTo) {
    int length = value.length - (omittedTo - omittedFrom);
    int size = FIXED + node.length + length;
    if (size > chunk.length - used) {
      seal();
      begin(Math.max(HEADER + size, nextChunkBytes));
    }
    ByteBuffer.wrap(chunk, used, size)
        .putInt(size - Integer.BYTES)
        .putShort((short) node.length)
        .put(node)
        .put(kind.code)
        .putLong(arrivalEpochMillis)
        .putLong(offset)
        .put(value, 0, omittedFrom)
        .put(value, omittedTo, value.length - omittedTo);
    used += size;
    position += size;
    return new Slice(chunk, used - length, length, omitted);
  }

  /** Notes that the increments of all that was appended so far are emitted with this commit. */
  void appendEmitted() {
    append(NOTHING, Kind.EMITTED, 0, 0, NOTHING, null, 0, 0);
  }

  private void begin(int bytes) {
    chunk = new byte[bytes];
    Formats.JOURNAL.write(chunk, 0);
    ByteBuffer.wrap(chunk).putLong(StateFormat.LENGTH, position);
    used = HEADER;
  }

  private void seal() {
    if (used == 0) {
      return;
    }
    // as much as this time will be wanted next time
    nextChunkBytes = Math.clamp(2L * used, MIN_CHUNK, MAX_CHUNK);
    String key = HEX.toHexDigits(nextChunk++);
    long start = chunkStart();
    // not a copy: the batches in memory of nodes lie in the same array
    inner.put(key, used < chunk.length / 2 ? Arrays.copyOf(chunk, used) : chunk);
    written.add(new Written(key, start, position));
    chunk = NOTHING;
    used = 0;
  }

  /** Deletes chunks all of whose entries lie before a position. */
  void deleteBefore(long before) {
    while (!written.isEmpty() && written.getFirst().endPosition <= before) {
      inner.delete(written.removeFirst().key);
    }
  }

  @Override
  void writeChanges() {
    seal();
  }

  @Override
  void clearMemory() {
    written.clear();
    chunk = NOTHING;
    used = 0;
    nextChunkBytes = MIN_CHUNK;
    nextChunk = 0;
    position = 0;
  }
}
