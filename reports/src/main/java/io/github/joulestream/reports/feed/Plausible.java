// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.SeriesKind;

/** What no supply is: such values are of another unit, or a defect. */
final class Plausible {
  /** Of lignite, the highest, about 1,200 g/kWh with the plant's life. */
  private static final long CARBON_GRAMS = 2_000;

  private static final long PRICE = 100;
  private static final long LONGEST_MILLIS = 3_660L * 86_400_000;
  private static final int SECOND = 1_000;

  private Plausible() {}

  /**
   * Checks a value in the unit of its kind.
   *
   * @param given as it was given, for the message
   */
  static void value(SeriesKind kind, long nano, String given) throws Refused {
    long one = GridInterval.NANO;
    boolean possible =
        switch (kind) {
          case CARBON -> nano >= 0 && nano <= CARBON_GRAMS * one;
          case MIX -> nano >= 0 && nano <= one;
          case PRICE -> nano >= -PRICE * one && nano <= PRICE * one;
          case BATTERY -> true;
          case FIXED_CHARGE,
              DEMAND_CHARGE,
              GENERATION,
              EXPORT,
              GUARANTEE_OF_ORIGIN,
              POWER_PURCHASE,
              GUARANTEE_SOLD ->
              nano >= 0;
        };
    if (!possible) {
      throw new Refused(
          "%s is impossible: %s; correct the value or its unit".formatted(given, range(kind)));
    }
  }

  private static String range(SeriesKind kind) {
    return switch (kind) {
      case CARBON -> "a carbon intensity is 0 to 2,000 g/kWh";
      case MIX -> "a share is 0 to 1, or 0 % to 100 %";
      case PRICE -> "a price is at most 100 of its currency per kWh, either way";
      case FIXED_CHARGE, DEMAND_CHARGE -> "a charge is not below 0";
      default -> "this energy is not below 0";
    };
  }

  /** Checks an interval. */
  static void interval(long from, long to) throws Refused {
    if (!Bounds.isTime(from) || !Bounds.isTime(to)) {
      throw new Refused("the interval must be from the year 2000 to 2200; correct its times");
    }
    if (to <= from) {
      throw new Refused("the interval ends at its start or before it; correct from and to");
    }
    if (from % SECOND != 0 || to % SECOND != 0) {
      throw new Refused("an interval is of whole seconds; leave fractions of a second out");
    }
    if (to - from > LONGEST_MILLIS) {
      throw new Refused("the interval is longer than ten years; correct from and to");
    }
  }
}
