// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import io.github.joulestream.energy.Bounds;
import java.util.List;

/**
 * Shares of a limit at which a budget fires.
 *
 * @param percent of the limit, rising
 * @param hysteresisPercent how far below a threshold, in percent of it, the value must fall to
 *     count as below
 */
public record Thresholds(List<Integer> percent, int hysteresisPercent) {
  public static final Thresholds DEFAULT = new Thresholds(List.of(85, 95, 100), 5);

  private static final int MAX_PERCENT = 1_000;
  private static final int MAX_HYSTERESIS_PERCENT = 50;

  /**
   * Thresholds of a budget.
   *
   * @throws IllegalArgumentException with one line for a person that names what is wrong with them
   */
  public Thresholds {
    percent = List.copyOf(percent);
    int before = 0;
    for (int one : percent) {
      if (one <= before || one > MAX_PERCENT) {
        throw new IllegalArgumentException(
            "thresholds rise from over 0 to at most %d %%: %s".formatted(MAX_PERCENT, percent));
      }
      before = one;
    }
    if (percent.isEmpty() || percent.size() > Bounds.THRESHOLDS) {
      throw new IllegalArgumentException(
          "there are %d thresholds, and must be 1 to %d"
              .formatted(percent.size(), Bounds.THRESHOLDS));
    }
    if (hysteresisPercent < 0 || hysteresisPercent > MAX_HYSTERESIS_PERCENT) {
      throw new IllegalArgumentException(
          "the hysteresis is %d %%, and must be 0 to %d"
              .formatted(hysteresisPercent, MAX_HYSTERESIS_PERCENT));
    }
  }
}
