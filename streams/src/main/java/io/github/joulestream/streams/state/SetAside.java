// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a task that are set aside, each with what it had taken in since its account was last
 * written, so that it can be put back as it was. One thread.
 *
 * <pre>
 *   site/node            header, why, since when
 *   site/node \0 index   header, entries: kind, whether emitted, arrival, offset, length, bytes
 * </pre>
 */
public final class SetAside {
  private static final HexFormat HEX = HexFormat.of();
  private static final int CHUNK_BYTES = 512 << 10;
  private static final int FIXED = 2 + 2 * Long.BYTES + Integer.BYTES;

  /** The position of entries whose increments were emitted to jobs; others have a later one. */
  public static final long EMITTED = 0;

  private static final long NOT_EMITTED = Long.MAX_VALUE;

  private final KeyValueStore<String, byte[]> store;
  private final Map<String, SetAsideNode> nodes = new HashMap<>();

  public SetAside(KeyValueStore<String, byte[]> store) {
    this.store = store;
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        if (entry.key.indexOf('\0') < 0) {
          nodes.put(entry.key, read(entry.value));
        }
      }
    }
  }

  private static SetAsideNode read(byte[] value) {
    try {
      return SetAsideNode.of(value);
    } catch (SerializationException e) {
      return new SetAsideNode(0, "its record is damaged: " + e.getMessage(), "", 0);
    }
  }

  public int size() {
    return nodes.size();
  }

  public @Nullable SetAsideNode of(String key) {
    return nodes.isEmpty() ? null : nodes.get(key);
  }

  /**
   * Sets a node aside.
   *
   * @param emitted by their index, entries whose increments were emitted to jobs, or will be at
   *     this commit
   */
  public void add(
      String key,
      long sinceEpochMillis,
      String reason,
      String place,
      List<Journal.Entry> entries,
      IntPredicate emitted) {
    int chunks = 0;
    int from = 0;
    while (from < entries.size()) {
      int to = from;
      int bytes = StateFormat.LENGTH;
      while (to < entries.size() && (to == from || bytes < CHUNK_BYTES)) {
        bytes += FIXED + entries.get(to).value().length();
        to++;
      }
      ByteBuffer chunk = ByteBuffer.allocate(bytes);
      Formats.SET_ASIDE_ENTRIES.write(chunk.array(), 0);
      chunk.position(StateFormat.LENGTH);
      for (int i = from; i < to; i++) {
        Journal.Entry entry = entries.get(i);
        chunk
            .put(entry.kind().code)
            .put((byte) (emitted.test(i) ? 1 : 0))
            .putLong(entry.arrivalEpochMillis())
            .putLong(entry.offset())
            .putInt(entry.value().length())
            .put(entry.value().bytes(), entry.value().from(), entry.value().length());
      }
      store.put(chunkKey(key, chunks++), chunk.array());
      from = to;
    }
    SetAsideNode node = new SetAsideNode(sinceEpochMillis, reason, place, chunks);
    nodes.put(key, node);
    store.put(key, node.bytes());
  }

  /**
   * What the node had taken in since its account was last written, oldest first.
   *
   * @throws UncheckedIOException if that is of another format
   */
  public List<Journal.Entry> entries(String key) {
    List<Journal.Entry> entries = new ArrayList<>();
    SetAsideNode node = Objects.requireNonNull(nodes.get(key), key);
    for (int i = 0; i < node.chunks(); i++) {
      byte[] bytes = Objects.requireNonNull(store.get(chunkKey(key, i)), "a chunk");
      checkFormat(bytes);
      ByteBuffer in = ByteBuffer.wrap(bytes).position(StateFormat.LENGTH);
      while (in.hasRemaining()) {
        Journal.Kind kind = Journal.Kind.of(in.get());
        long position = in.get() == 1 ? EMITTED : NOT_EMITTED;
        long arrival = in.getLong();
        long offset = in.getLong();
        int length = in.getInt();
        int at = in.position();
        entries.add(
            new Journal.Entry(
                key,
                kind,
                arrival,
                offset,
                new Journal.Slice(Arrays.copyOfRange(bytes, at, at + length), 0, length, null),
                position));
        in.position(at + length);
      }
    }
    return entries;
  }

  private static void checkFormat(byte[] chunk) {
    try {
      Formats.SET_ASIDE_ENTRIES.read(chunk, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a node that is put back. */
  public void remove(String key) {
    SetAsideNode node = nodes.remove(key);
    if (node != null) {
      for (int i = 0; i < node.chunks(); i++) {
        store.delete(chunkKey(key, i));
      }
      store.delete(key);
    }
  }

  private static String chunkKey(String key, int index) {
    return key + "\0" + HEX.toHexDigits(index);
  }
}
