// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.ExactSum;

/** A sum of products in 128 bits for each of many rows; see {@link LongColumn}. */
final class SumColumn {
  private final LongColumn high = new LongColumn();
  private final LongColumn low = new LongColumn();

  /** Adds a product. */
  void addProduct(int row, long a, long b) {
    long addedLow = a * b;
    long sum = low.get(row) + addedLow;
    long carry = Long.compareUnsigned(sum, addedLow) < 0 ? 1 : 0;
    low.set(row, sum);
    high.add(row, Math.multiplyHigh(a, b) + carry);
  }

  /** The sum of a row. */
  ExactSum get(int row) {
    return ExactSum.of(high.get(row), low.get(row));
  }
}
