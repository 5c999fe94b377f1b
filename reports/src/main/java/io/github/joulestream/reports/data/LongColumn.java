// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number for each of many rows, 0 until it is set. Rows of which all are 0 take no memory, in
 * blocks, and nothing is copied when it grows.
 */
final class LongColumn {
  private static final int BLOCK_BITS = 10;
  private static final int BLOCK = 1 << BLOCK_BITS;

  private final List<long @Nullable []> blocks = new ArrayList<>();

  long get(int row) {
    int block = row >> BLOCK_BITS;
    if (block >= blocks.size()) {
      return 0;
    }
    long[] values = blocks.get(block);
    return values == null ? 0 : values[row & BLOCK - 1];
  }

  void set(int row, long value) {
    if (value != 0 || get(row) != 0) {
      block(row)[row & BLOCK - 1] = value;
    }
  }

  /** Adds, exactly. */
  void add(int row, long value) {
    if (value != 0) {
      long[] values = block(row);
      int at = row & BLOCK - 1;
      values[at] = Math.addExact(values[at], value);
    }
  }

  private long[] block(int row) {
    int block = row >> BLOCK_BITS;
    while (blocks.size() <= block) {
      blocks.add(null);
    }
    long[] values = blocks.get(block);
    if (values == null) {
      values = new long[BLOCK];
      blocks.set(block, values);
    }
    return values;
  }
}
