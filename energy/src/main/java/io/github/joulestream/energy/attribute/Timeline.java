// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongToIntFunction;

/** An integer for each window that changes rarely. Immutable. */
final class Timeline {
  // beyond, the oldest stretches become one
  private static final int MOST = 4_096;

  // the first is Long.MIN_VALUE: all time has a value
  private final long[] starts;
  private final int[] values;

  private Timeline(long[] starts, int[] values) {
    this.starts = starts;
    this.values = values;
  }

  /** The same value at all times. */
  static Timeline of(int value) {
    return new Timeline(new long[] {Long.MIN_VALUE}, new int[] {value});
  }

  int at(long window) {
    int last = starts.length - 1;
    if (window >= starts[last]) {
      return values[last];
    }
    int found = Arrays.binarySearch(starts, window);
    return values[found >= 0 ? found : -found - 2];
  }

  /** The same before {@code from} and from {@code to} on; between them window by window anew. */
  Timeline with(long from, long to, int stepMillis, LongToIntFunction values) {
    Builder built = new Builder(starts.length + (int) Math.min(MOST, (to - from) / stepMillis) + 2);
    for (int i = 0; i < starts.length && starts[i] < from; i++) {
      built.add(starts[i], this.values[i]);
    }
    for (long window = from; window < to; window += stepMillis) {
      built.add(window, values.applyAsInt(window));
    }
    built.add(to, at(to));
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] > to) {
        built.add(starts[i], this.values[i]);
      }
    }
    return built.built();
  }

  /** The same before {@code from}, and from then on this value. */
  Timeline with(long from, int value) {
    Builder built = new Builder(starts.length + 1);
    for (int i = 0; i < starts.length && starts[i] < from; i++) {
      built.add(starts[i], values[i]);
    }
    built.add(from, value);
    return built.built();
  }

  /** This value before {@code to}, and the same from then on. */
  Timeline withBefore(long to, int value) {
    Builder built = new Builder(starts.length + 2);
    built.add(Long.MIN_VALUE, value);
    built.add(to, at(to));
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] > to) {
        built.add(starts[i], values[i]);
      }
    }
    return built.built();
  }

  void write(StateWriter out) throws IOException {
    out.number(starts.length);
    for (int i = 0; i < starts.length; i++) {
      out.writeLong(starts[i]);
      out.writeInt(values[i]);
    }
  }

  static Timeline read(StateReader in) throws IOException {
    int length = in.countOrShort();
    if (length == 0) {
      throw new IOException("a timeline without a value");
    }
    long[] starts = new long[length];
    int[] values = new int[length];
    for (int i = 0; i < length; i++) {
      starts[i] = in.readLong();
      values[i] = in.intOrByte();
    }
    return new Timeline(starts, values);
  }

  private static final class Builder {
    private long[] starts;
    private int[] values;
    private int size;

    Builder(int room) {
      starts = new long[room];
      values = new int[room];
    }

    void add(long start, int value) {
      if (size > 0 && values[size - 1] == value) {
        return;
      }
      if (size == starts.length) {
        starts = Arrays.copyOf(starts, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      starts[size] = start;
      values[size] = value;
      size++;
    }

    Timeline built() {
      int from = Math.max(0, size - MOST);
      long[] kept = Arrays.copyOfRange(starts, from, size);
      kept[0] = Long.MIN_VALUE;
      return new Timeline(kept, Arrays.copyOfRange(values, from, size));
    }
  }
}
