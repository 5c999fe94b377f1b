// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.joulestream.serve.http.JsonText;
import io.github.joulestream.serve.live.NodeTable;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cells of the heat map of a site, with the frame at which each changed last: out of that comes
 * the delta from any frame, as long as the nodes are the same. What clients have in common is
 * encoded once a frame. One thread.
 */
final class Cells {
  private static final byte[] END = "\"}".getBytes(US_ASCII);

  private final Map<Long, byte[]> encoded = new HashMap<>();
  private long version = Long.MIN_VALUE;
  // the first frame with these nodes
  private long firstFrame;
  private long lastChange;
  private byte[] names = {};
  private byte[] cells = {};
  private long[] changedAt = {};
  private byte[] scratch = {};

  /** The event {@code nodes}. */
  private record Names(long version, List<String> names, List<String> racks) {}

  /**
   * Takes in what nodes do now.
   *
   * @param held positions of nodes that jobs hold
   * @param now Unix epoch, ms
   * @param frame number of the frame that it is for, over those before
   * @return whether something changed
   */
  boolean update(NodeTable table, BitSet held, long now, long frame) {
    encoded.clear();
    if (table.version() != version) {
      begin(table, frame);
    }
    for (int i = 0; i < changedAt.length; i++) {
      if (put(table, held, now, i)) {
        changedAt[i] = frame;
        lastChange = frame;
      }
    }
    return lastChange == frame;
  }

  private void begin(NodeTable table, long frame) {
    int size = table.names().size();
    version = table.version();
    firstFrame = frame;
    lastChange = frame;
    names = JsonText.bytes(new Names(version, table.names(), table.racks()));
    cells = new byte[size * CellCodec.BYTES];
    changedAt = new long[size];
    Arrays.fill(changedAt, frame);
    scratch = new byte[size * (CellCodec.BYTES + CellCodec.VARINT_BYTES)];
  }

  private boolean put(NodeTable table, BitSet held, long now, int i) {
    int at = i * CellCodec.BYTES;
    int flags =
        (table.silent().get(i) ? CellCodec.SILENT : 0)
            | (table.alerting().get(i) ? CellCodec.ALERTING : 0)
            | (held.get(i) ? CellCodec.HELD : 0);
    boolean changed = put(at, CellCodec.power(table.milliwatts()[i], table.highestMilliwatts()[i]));
    changed |= put(at + 1, CellCodec.percent(table.busyBasisPoints()[i]));
    changed |= put(at + 2, CellCodec.percent(table.heldIdleBasisPoints()[i]));
    changed |= put(at + 3, CellCodec.temperature(table.temperatureDecidegrees()[i]));
    changed |= put(at + 4, CellCodec.age(table.readingEpochMillis()[i], now));
    changed |= put(at + 5, flags);
    return changed;
  }

  private boolean put(int at, int value) {
    boolean changed = cells[at] != (byte) value;
    cells[at] = (byte) value;
    return changed;
  }

  /** Version of the nodes. */
  long version() {
    return version;
  }

  /** The event {@code nodes} for a client that has this frame; null if it has these nodes. */
  byte @Nullable [] names(long base) {
    return base < firstFrame ? names : null;
  }

  /** The event {@code cells} for a client that has this frame; null if nothing changed since. */
  byte @Nullable [] changes(long base) {
    return base >= lastChange ? null : encoded.computeIfAbsent(base, this::encode);
  }

  private byte[] encode(long base) {
    boolean isFull = base < firstFrame;
    int length = cells.length;
    byte[] bytes = cells;
    if (!isFull) {
      int delta = CellCodec.writeDelta(cells, changedAt, changedAt.length, base, scratch);
      isFull = delta >= cells.length;
      if (!isFull) {
        length = delta;
        bytes = scratch;
      }
    }
    byte[] start =
        "{\"version\":%d,\"full\":%s,\"count\":%d,\"cells\":\""
            .formatted(version, isFull, changedAt.length)
            .getBytes(US_ASCII);
    byte[] text =
        Base64.getEncoder().encode(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    byte[] event = Arrays.copyOf(start, start.length + text.length + END.length);
    System.arraycopy(text, 0, event, start.length, text.length);
    System.arraycopy(END, 0, event, start.length + text.length, END.length);
    return event;
  }
}
