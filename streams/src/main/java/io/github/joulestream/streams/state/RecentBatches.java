// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.streams.state.Journal.Slice;
import java.util.Arrays;

/** Batches of a node, as they were on the wire, in the order in which they arrived. One thread. */
final class RecentBatches {
  private Slice[] values = new Slice[8];
  private long[] arrivals = new long[8];
  private long[] offsets = new long[8];
  private long[] latest = new long[8];
  private int size;
  private long bytes;

  /**
   * Adds a batch.
   *
   * @param offset its offset in the topic: distinguishes batches that arrived in one moment
   * @param latestEpochMillis time of its last reading
   */
  void add(Slice value, long arrivalEpochMillis, long offset, long latestEpochMillis) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
      arrivals = Arrays.copyOf(arrivals, 2 * size);
      offsets = Arrays.copyOf(offsets, 2 * size);
      latest = Arrays.copyOf(latest, 2 * size);
    }
    values[size] = value;
    arrivals[size] = arrivalEpochMillis;
    offsets[size] = offset;
    latest[size++] = latestEpochMillis;
    bytes += value.length();
  }

  int size() {
    return size;
  }

  /** Bytes of all batches. */
  long bytes() {
    return bytes;
  }

  Slice value(int i) {
    return values[i];
  }

  long arrivalEpochMillis(int i) {
    return arrivals[i];
  }

  long offset(int i) {
    return offsets[i];
  }

  long latestEpochMillis(int i) {
    return latest[i];
  }

  void clear() {
    Arrays.fill(values, 0, size, null);
    size = 0;
    bytes = 0;
  }
}
