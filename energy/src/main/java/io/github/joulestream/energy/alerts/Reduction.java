// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * A lower limit at certain hours.
 *
 * @param days weekdays on which it begins
 * @param fromMinute minute of the day at which it begins, on the clock of the budget's zone
 * @param toMinute minute of the day before which it ends; if not after {@code fromMinute}, on the
 *     next day
 * @param milliwatts the limit of power in that time
 */
public record Reduction(Set<DayOfWeek> days, int fromMinute, int toMinute, long milliwatts) {
  private static final int DAY_MINUTES = 24 * 60;

  /**
   * A reduction.
   *
   * @throws IllegalArgumentException with one line for a person
   */
  public Reduction {
    days = Set.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("a lower limit is on no day of the week");
    }
    if (fromMinute < 0 || fromMinute >= DAY_MINUTES || toMinute < 0 || toMinute > DAY_MINUTES) {
      throw new IllegalArgumentException(
          "a lower limit goes from minute %d of the day to %d; a day has 0 to %d"
              .formatted(fromMinute, toMinute, DAY_MINUTES));
    }
    if (milliwatts <= 0) {
      throw new IllegalArgumentException(
          "a lower limit is %d, and must be over 0".formatted(milliwatts));
    }
  }

  /** True if it holds at that time. */
  boolean holds(ZonedDateTime time) {
    int minute = time.getHour() * 60 + time.getMinute();
    if (toMinute > fromMinute) {
      return days.contains(time.getDayOfWeek()) && minute >= fromMinute && minute < toMinute;
    }
    return minute >= fromMinute
        ? days.contains(time.getDayOfWeek())
        : minute < toMinute && days.contains(time.getDayOfWeek().minus(1));
  }
}
