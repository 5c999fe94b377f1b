// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/**
 * A range of time.
 *
 * @param from start, Unix epoch, ms; inclusive
 * @param to end, Unix epoch, ms; exclusive
 */
public record TimeRange(long from, long to) {
  public TimeRange {
    if (to < from) {
      throw new IllegalArgumentException("a range from %d to %d".formatted(from, to));
    }
  }

  /** Its length, ms. */
  public long millis() {
    return to - from;
  }
}
