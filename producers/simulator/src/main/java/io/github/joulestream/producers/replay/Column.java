// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.Arrays;

/** A column of numbers that grows. */
final class Column {
  private long[] values = new long[256];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void insert(int at, long value) {
    add(value);
    System.arraycopy(values, at, values, at + 1, size - 1 - at);
    values[at] = value;
  }

  long get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
