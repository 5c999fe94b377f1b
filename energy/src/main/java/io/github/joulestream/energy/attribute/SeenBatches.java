// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which batches of a node were taken in, as ranges of sequence numbers by agent epoch. A batch that
 * comes again is recognised whether the others came in order or not. Remembers the last {@value
 * #EPOCHS} lives of agents.
 */
final class SeenBatches {
  private static final int EPOCHS = 16;

  // by epoch, the one used last at the end: first sequence of a range -> last
  private final LinkedHashMap<Long, TreeMap<Long, Long>> epochs =
      new LinkedHashMap<>(16, 0.75f, true);

  /** True if it is new. */
  boolean add(long epoch, long sequence) {
    TreeMap<Long, Long> ranges = epochs.computeIfAbsent(epoch, _ -> new TreeMap<>());
    if (epochs.size() > EPOCHS) {
      epochs.remove(epochs.keySet().iterator().next());
    }
    Map.Entry<Long, Long> below = ranges.floorEntry(sequence);
    if (below != null && below.getValue() >= sequence) {
      return false;
    }
    long first = sequence;
    long last = sequence;
    if (below != null && below.getValue() == sequence - 1) {
      first = below.getKey();
    }
    Long above = ranges.remove(sequence + 1);
    if (above != null) {
      last = above;
    }
    ranges.put(first, last);
    return true;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(epochs.size());
    for (Map.Entry<Long, TreeMap<Long, Long>> epoch : epochs.entrySet()) {
      out.writeLong(epoch.getKey());
      out.writeInt(epoch.getValue().size());
      for (Map.Entry<Long, Long> range : epoch.getValue().entrySet()) {
        out.writeLong(range.getKey());
        out.writeLong(range.getValue());
      }
    }
  }

  static SeenBatches read(DataInput in) throws IOException {
    SeenBatches seen = new SeenBatches();
    int size = in.readInt();
    for (int i = 0; i < size; i++) {
      long epoch = in.readLong();
      TreeMap<Long, Long> ranges = new TreeMap<>();
      int count = in.readInt();
      for (int j = 0; j < count; j++) {
        ranges.put(in.readLong(), in.readLong());
      }
      seen.epochs.put(epoch, ranges);
    }
    return seen;
  }
}
