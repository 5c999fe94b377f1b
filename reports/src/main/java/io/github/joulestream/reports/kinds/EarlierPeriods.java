// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.period.Period;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** Periods to compare with: by the calendar, in the period's zone. */
final class EarlierPeriods {
  private static final int YEAR_MONTHS = 12;

  private EarlierPeriods() {}

  /** The one right before: as many months, days or quarters of an hour. */
  static Period before(Period period) {
    ZonedDateTime from = period.from().atZone(period.zone());
    ZonedDateTime to = period.to().atZone(period.zone());
    if (isMonths(from, to)) {
      return of(period, from.minusMonths(ChronoUnit.MONTHS.between(from, to)), from);
    }
    if (isMidnight(from) && isMidnight(to)) {
      return of(period, from.minusDays(ChronoUnit.DAYS.between(from, to)), from);
    }
    return of(
        period,
        period
            .from()
            .minus(ChronoUnit.MILLIS.between(from, to), ChronoUnit.MILLIS)
            .atZone(period.zone()),
        from);
  }

  /** The same a year before. */
  static Period yearBefore(Period period) {
    return of(
        period,
        period.from().atZone(period.zone()).minusYears(1),
        period.to().atZone(period.zone()).minusYears(1));
  }

  private static Period of(Period like, ZonedDateTime from, ZonedDateTime to) {
    return new Period(label(from, to), from.toInstant(), to.toInstant(), like.zone());
  }

  private static String label(ZonedDateTime from, ZonedDateTime to) {
    if (isMonths(from, to)) {
      long months = ChronoUnit.MONTHS.between(from, to);
      if (months == 1) {
        return from.toLocalDate().toString().substring(0, 7);
      }
      if (months == YEAR_MONTHS && from.getMonthValue() == 1) {
        return Integer.toString(from.getYear());
      }
    }
    return isMidnight(from) && isMidnight(to)
        ? from.toLocalDate() + ".." + to.toLocalDate()
        : from.toLocalDateTime() + ".." + to.toLocalDateTime();
  }

  private static boolean isMonths(ZonedDateTime from, ZonedDateTime to) {
    return isMidnight(from)
        && isMidnight(to)
        && from.getDayOfMonth() == 1
        && to.getDayOfMonth() == 1;
  }

  private static boolean isMidnight(ZonedDateTime time) {
    return time.toLocalTime().equals(LocalTime.MIDNIGHT);
  }
}
