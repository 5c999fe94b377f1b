// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.util.List;

/**
 * The thresholds that a value has reached, and those that it still retains.
 *
 * @param reached the highest threshold at or below the value, or -1
 * @param retained the highest threshold that the value is not clearly below, or -1
 */
public record Levels(int reached, int retained) {
  /** Neither. */
  public static final Levels NONE = new Levels(-1, -1);

  /** The only level. */
  public static final Levels ONE = new Levels(0, 0);

  /** Not reached, but not clearly below. */
  public static final Levels BETWEEN = new Levels(-1, 0);

  /**
   * Of a value under a limit.
   *
   * @param thresholdsPercent shares of the limit, in percent, rising
   * @param hysteresisPercent how far below a threshold, in percent of it, is clearly below
   */
  public static Levels of(
      long value, long limit, List<Integer> thresholdsPercent, int hysteresisPercent) {
    int reached = -1;
    int retained = -1;
    for (int i = 0; i < thresholdsPercent.size(); i++) {
      double threshold = limit * (thresholdsPercent.get(i) / 100.0);
      if (value >= threshold) {
        reached = i;
      }
      if (value >= threshold * (100 - hysteresisPercent) / 100.0) {
        retained = i;
      }
    }
    return new Levels(reached, retained);
  }

  /** Of one level, which is reached at a value and left at another. */
  public static Levels between(double value, double reachedAt, double leftBelow) {
    if (value >= reachedAt) {
      return ONE;
    }
    return value >= leftBelow ? BETWEEN : NONE;
  }
}
