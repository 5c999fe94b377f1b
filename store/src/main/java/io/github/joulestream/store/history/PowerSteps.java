// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.Windows;

/** The steps of a curve of power: whole ones, and the windows that they are sums of. */
final class PowerSteps {
  private PowerSteps() {}

  /**
   * Checks a length.
   *
   * @throws IllegalArgumentException if neither an hour nor a day is a multiple of it, or it is not
   *     one of 10 s
   */
  static void check(int stepMillis) {
    if (stepMillis <= 0
        || stepMillis % Windows.MILLIS != 0
        || (Windows.HOUR_MILLIS % stepMillis != 0 && StoreReads.DAY % stepMillis != 0)) {
      throw new IllegalArgumentException("steps of %d ms".formatted(stepMillis));
    }
  }

  /** Length of the longest windows of sites that a step is a multiple of. */
  static int windowOf(int stepMillis) {
    if (stepMillis % Windows.HOUR_MILLIS == 0) {
      return Windows.HOUR_MILLIS;
    }
    return areOfQuarters(stepMillis) ? Windows.QUARTER_HOUR_MILLIS : Windows.MILLIS;
  }

  /** True if a step is a multiple of a quarter of an hour. */
  static boolean areOfQuarters(int stepMillis) {
    return stepMillis % Windows.QUARTER_HOUR_MILLIS == 0;
  }

  /** The range and what its first and last step lack of it. */
  static TimeRange whole(TimeRange range, int stepMillis) {
    return new TimeRange(
        StoreReads.floor(range.from(), stepMillis),
        Math.ceilDiv(range.to(), (long) stepMillis) * stepMillis);
  }
}
