// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.History;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.DeviceBlock;
import io.github.joulestream.streams.state.Journal.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The batches of nodes that arrived within the horizon, as they were on the wire. The latest are in
 * memory with their node; those before are in blocks of one node each, by node and time of their
 * last reading, in a store that drops them by the time of their arrival. That time is the broker's
 * and only goes forward, so the clock or the backfill of one node drops nothing of another.
 */
public final class NodeHistory {
  private static final HexFormat HEX = HexFormat.of();
  // later than any arrival; with a larger one the store would look at all keys behind the range
  private static final long ANY_ARRIVAL = (1L << 47) - 1;
  // from the earliest to the latest last reading of the batches of a block, so that a look-up by
  // time reads at most one block too many
  private static final long BLOCK_MILLIS = 5 * 60_000;
  private static final int BLOCK_BYTES = 512 << 10;
  private static final int FIXED = 3 * Long.BYTES + 2 * Integer.BYTES;

  /**
   * Readings of a node that are looked up at once: an hour of 50 devices at ten a second. They are
   * objects then, about 60 bytes each.
   */
  static final int MAX_ROWS = 2_000_000;

  // of their batches, as they were on the wire
  private static final long MAX_BYTES = 64L << 20;
  // in place of the length of the device block of a batch that is complete
  private static final int COMPLETE = -1;

  private final WindowStore<String, byte[]> store;
  private final ZstdCodec codec;
  private final TelemetryReader reader = new TelemetryReader();

  public NodeHistory(WindowStore<String, byte[]> store, ZstdCodec codec) {
    this.store = store;
    this.codec = codec;
  }

  /** Writes the batches of a node that are in memory only. */
  void write(NodeState node) {
    RecentBatches recent = node.recent;
    int from = 0;
    while (from < recent.size()) {
      int to = from;
      int bytes = 0;
      long earliest = Long.MAX_VALUE;
      long latest = Long.MIN_VALUE;
      while (to < recent.size()) {
        long time = recent.latestEpochMillis(to);
        if (to > from
            && (bytes > BLOCK_BYTES
                || Math.max(latest, time) - Math.min(earliest, time) > BLOCK_MILLIS)) {
          break;
        }
        earliest = Math.min(earliest, time);
        latest = Math.max(latest, time);
        bytes += FIXED + recent.value(to).length() + omittedBytes(recent, from, to);
        to++;
      }
      write(node.key, recent, from, to, bytes, latest);
      node.writtenEpochMillis = Math.max(node.writtenEpochMillis, latest);
      from = to;
    }
    recent.clear();
  }

  private void write(
      String node, RecentBatches recent, int from, int to, int bytes, long latestEpochMillis) {
    ByteBuffer block = ByteBuffer.allocate(bytes);
    for (int i = from; i < to; i++) {
      Slice value = recent.value(i);
      DeviceBlock omitted = value.omitted();
      block
          .putLong(recent.arrivalEpochMillis(i))
          .putLong(recent.offset(i))
          .putLong(recent.latestEpochMillis(i))
          .putInt(omitted == null ? COMPLETE : omittedBytes(recent, from, i));
      if (omitted != null && omittedBytes(recent, from, i) > 0) {
        block.put(omitted.bytes());
      }
      block.putInt(value.length()).put(value.bytes(), value.from(), value.length());
    }
    // the offset distinguishes blocks that end at the same time
    String key = start(node, latestEpochMillis) + HEX.toHexDigits(recent.offset(to - 1));
    store.put(
        key, codec.compress(Formats.HISTORY, block.array()), recent.arrivalEpochMillis(to - 1));
  }

  /** Bytes of the omitted device block: 0 if it is that of the batch before, or none. */
  private static int omittedBytes(RecentBatches recent, int from, int i) {
    DeviceBlock omitted = recent.value(i).omitted();
    return omitted == null || (i > from && omitted.equals(recent.value(i - 1).omitted()))
        ? 0
        : omitted.bytes().length;
  }

  private static String start(String node, long latestEpochMillis) {
    return node + "\0" + HEX.toHexDigits(latestEpochMillis ^ Long.MIN_VALUE); // sorts as it does
  }

  /** Deletes all blocks of a node. */
  void delete(String node) {
    List<Windowed<String>> found = new ArrayList<>();
    try (KeyValueIterator<Windowed<String>, byte[]> blocks =
        store.fetch(node + "\0", node + "\0\uffff", 0, ANY_ARRIVAL)) {
      blocks.forEachRemaining(block -> found.add(block.key));
    }
    for (Windowed<String> block : found) {
      store.put(block.key(), null, block.window().start());
    }
  }

  /**
   * What a node's account can look up. A look-up of more than {@link #MAX_ROWS} readings or 64 MiB
   * of batches throws an {@link IllegalStateException}; then the record that needs it is refused.
   */
  public History of(NodeState node) {
    return (from, to) -> {
      RecentBatches found = new RecentBatches();
      long beyond = to < Long.MAX_VALUE - BLOCK_MILLIS ? to + BLOCK_MILLIS : Long.MAX_VALUE;
      if (from <= node.writtenEpochMillis) {
        try (KeyValueIterator<Windowed<String>, byte[]> blocks =
            store.fetch(
                start(node.key, from), start(node.key, beyond) + "\uffff", 0, ANY_ARRIVAL)) {
          while (blocks.hasNext()) {
            read(codec.decompress(Formats.HISTORY, blocks.next().value), from, to, found);
          }
        }
      }
      for (int i = 0; i < node.recent.size(); i++) {
        addIfWithin(
            from,
            to,
            node.recent.value(i),
            node.recent.arrivalEpochMillis(i),
            node.recent.offset(i),
            node.recent.latestEpochMillis(i),
            found);
      }
      return arrivals(found, node);
    };
  }

  private static void read(byte[] block, long from, long to, RecentBatches found) {
    ByteBuffer in = ByteBuffer.wrap(block);
    DeviceBlock before = null;
    while (in.hasRemaining()) {
      long arrival = in.getLong();
      long offset = in.getLong();
      long latest = in.getLong();
      int omittedLength = in.getInt();
      if (omittedLength > 0) {
        byte[] devices = new byte[omittedLength];
        in.get(devices);
        before = DeviceBlock.of(devices);
      }
      int length = in.getInt();
      DeviceBlock omitted = omittedLength == COMPLETE ? null : before;
      addIfWithin(
          from,
          to,
          new Slice(block, in.position(), length, omitted),
          arrival,
          offset,
          latest,
          found);
      in.position(in.position() + length);
    }
  }

  private static void addIfWithin(
      long from,
      long to,
      Slice value,
      long arrival,
      long offset,
      long latest,
      RecentBatches found) {
    if (latest >= from && latest <= to) {
      found.add(value, arrival, offset, latest);
      if (found.bytes() > MAX_BYTES) {
        throw tooMuch("%,d bytes of batches".formatted(MAX_BYTES));
      }
    }
  }

  private static IllegalStateException tooMuch(String most) {
    return new IllegalStateException(
        "it needs more of the node's past than is looked up at once: " + most);
  }

  private List<Arrival> arrivals(RecentBatches found, NodeState node) {
    List<Integer> order = new ArrayList<>(found.size());
    for (int i = 0; i < found.size(); i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingLong(found::arrivalEpochMillis).thenComparingLong(found::offset));
    List<Arrival> arrivals = new ArrayList<>(found.size());
    long before = -1;
    long rows = 0;
    for (int i : order) {
      // a batch that was taken in again after it had been written is there twice
      if (found.offset(i) == before) {
        continue;
      }
      before = found.offset(i);
      found.value(i).readBy(reader, node.deviceBlock);
      rows += reader.columns().rows();
      if (rows > MAX_ROWS) {
        throw tooMuch("%,d readings".formatted(MAX_ROWS));
      }
      arrivals.add(new Arrival(found.arrivalEpochMillis(i), reader.columns().series()));
    }
    return arrivals;
  }
}
