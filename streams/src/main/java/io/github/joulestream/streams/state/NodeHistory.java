// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.History;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.Described;
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
 * The batches of nodes that arrived lately, as they were on the wire. The latest are in memory with
 * their node; those before lie in blocks of one node each, by node and time of their last reading,
 * in a store that drops them by the time of their arrival. That time is the broker's and only goes
 * forward, so a node with a fast clock or a backfill takes nothing away from others.
 */
public final class NodeHistory {
  private static final HexFormat HEX = HexFormat.of();
  // later than any arrival; with a larger one the store would look at all keys behind the range
  private static final long ANY_ARRIVAL = (1L << 47) - 1;
  // the last readings of a block's batches lie no further apart
  private static final long BLOCK_MILLIS = 5 * 60_000;
  private static final int BLOCK_BYTES = 512 << 10;
  private static final int FIXED = 3 * Long.BYTES + 2 * Integer.BYTES;

  /**
   * Readings of a node that are looked up at once: an hour of 50 devices at ten a second. They are
   * objects then, so that with more of them one late record would take all of the memory.
   */
  static final int MAX_ROWS = 2_000_000;

  // of their batches, as they were on the wire
  private static final long MAX_BYTES = 64L << 20;
  // in place of the length of what was cut out
  private static final int WHOLE = -1;

  private final WindowStore<String, byte[]> store;
  private final ZstdCodec packer;
  private final TelemetryReader reader = new TelemetryReader();

  public NodeHistory(WindowStore<String, byte[]> store, ZstdCodec packer) {
    this.store = store;
    this.packer = packer;
  }

  /** Writes down what is in memory. */
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
        bytes += FIXED + recent.value(to).length() + bytesOfCut(recent, from, to);
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
      Described cut = value.cut();
      block
          .putLong(recent.arrivalEpochMillis(i))
          .putLong(recent.offset(i))
          .putLong(recent.latestEpochMillis(i))
          .putInt(cut == null ? WHOLE : bytesOfCut(recent, from, i));
      if (cut != null && bytesOfCut(recent, from, i) > 0) {
        block.put(cut.bytes());
      }
      block.putInt(value.length()).put(value.bytes(), value.from(), value.length());
    }
    // the offset tells apart blocks that end at the same time
    String key = start(node, latestEpochMillis) + HEX.toHexDigits(recent.offset(to - 1));
    store.put(key, packer.packed(block.array()), recent.arrivalEpochMillis(to - 1));
  }

  /** Bytes of what was cut out of a batch: 0 if it is that of the one before, or nothing. */
  private static int bytesOfCut(RecentBatches recent, int from, int i) {
    Described cut = recent.value(i).cut();
    return cut == null || (i > from && cut.equals(recent.value(i - 1).cut()))
        ? 0
        : cut.bytes().length;
  }

  private static String start(String node, long latestEpochMillis) {
    return node + "\0" + HEX.toHexDigits(latestEpochMillis ^ Long.MIN_VALUE); // sorts as it does
  }

  /** Forgets all of a node. */
  void forget(String node) {
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
   * What a node's account can look up. It throws an {@link IllegalStateException} if that is more
   * than memory is to be taken for; then the record for which it is looked up cannot be booked.
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
            read(packer.unpacked(blocks.next().value), from, to, found);
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
    Described before = null;
    while (in.hasRemaining()) {
      long arrival = in.getLong();
      long offset = in.getLong();
      long latest = in.getLong();
      int cutLength = in.getInt();
      if (cutLength > 0) {
        byte[] cut = new byte[cutLength];
        in.get(cut);
        before = Described.of(cut);
      }
      int length = in.getInt();
      Described cut = cutLength == WHOLE ? null : before;
      addIfWithin(
          from, to, new Slice(block, in.position(), length, cut), arrival, offset, latest, found);
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
      // what was taken in again, after it had been written down, is there twice
      if (found.offset(i) == before) {
        continue;
      }
      before = found.offset(i);
      found.value(i).readBy(reader, node.described);
      rows += reader.columns().rows();
      if (rows > MAX_ROWS) {
        throw tooMuch("%,d readings".formatted(MAX_ROWS));
      }
      arrivals.add(new Arrival(found.arrivalEpochMillis(i), reader.columns().series()));
    }
    return arrivals;
  }
}
