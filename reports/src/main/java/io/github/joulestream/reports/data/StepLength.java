// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.reports.period.Period;
import java.time.LocalDate;
import java.time.ZonedDateTime;

/** How finely a period is read. */
final class StepLength {
  /** A quarter of an hour, ms. */
  static final int QUARTER_HOUR = 900_000;

  /** An hour, ms. */
  static final int HOUR = 3_600_000;

  private StepLength() {}

  /**
   * An hour where the period, its days and the values of the grid begin and end with hours of UTC,
   * else a quarter of an hour.
   */
  static int of(Period period, GridFactors grid) {
    return isOnHours(period)
            && grid.fits(period.from().toEpochMilli(), period.to().toEpochMilli(), HOUR)
        ? HOUR
        : QUARTER_HOUR;
  }

  private static boolean isOnHours(Period period) {
    if (!isOnHour(period.from().toEpochMilli()) || !isOnHour(period.to().toEpochMilli())) {
      return false;
    }
    ZonedDateTime end = period.to().atZone(period.zone());
    LocalDate day = period.from().atZone(period.zone()).toLocalDate().plusDays(1);
    while (day.isBefore(end.toLocalDate())) {
      if (!isOnHour(day.atStartOfDay(period.zone()).toInstant().toEpochMilli())) {
        return false;
      }
      day = day.plusDays(1);
    }
    return true;
  }

  private static boolean isOnHour(long epochMillis) {
    return epochMillis % HOUR == 0;
  }
}
