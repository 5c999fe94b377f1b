// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Periods before others by the calendar, and the days of a period. */
public final class CalendarSpan {
  private static final int WEEK = 7;
  private static final int WEEKS_OF_YEAR = 52;

  private CalendarSpan() {}

  /**
   * The period that ends where this one begins: as many whole months before if it is whole months,
   * else as many days if it is whole days of its calendar, else of equal length.
   */
  public static Period before(Period period) {
    return moved(period, 1);
  }

  /**
   * The same period a year before: by its dates; a week, 52 weeks before, so that it has the same
   * days of the week.
   */
  public static Period yearBefore(Period period) {
    ZonedDateTime from = period.from().atZone(period.zone());
    ZonedDateTime to = period.to().atZone(period.zone());
    if (!isWholeDays(period)) {
      return timed(from.minusYears(1), to.minusYears(1));
    }
    LocalDate first = from.toLocalDate();
    LocalDate end = to.toLocalDate();
    if (isWeek(first, end)) {
      return named(first.minusWeeks(WEEKS_OF_YEAR), end.minusWeeks(WEEKS_OF_YEAR), period.zone());
    }
    return named(first.minusYears(1), end.minusYears(1), period.zone());
  }

  /** Up to this many periods that follow each other and end with this one, the oldest first. */
  public static List<Period> trend(Period period, int count) {
    List<Period> periods = new ArrayList<>();
    for (int back = count - 1; back >= 1; back--) {
      periods.add(moved(period, back));
    }
    periods.add(period);
    return periods;
  }

  private static Period moved(Period period, int times) {
    ZonedDateTime from = period.from().atZone(period.zone());
    ZonedDateTime to = period.to().atZone(period.zone());
    if (!isWholeDays(period)) {
      Duration length = Duration.between(period.from(), period.to()).multipliedBy(times);
      return timed(from.minus(length), to.minus(length));
    }
    LocalDate first = from.toLocalDate();
    LocalDate end = to.toLocalDate();
    if (isMonths(first, end)) {
      long months = ChronoUnit.MONTHS.between(first, end) * times;
      return named(first.minusMonths(months), end.minusMonths(months), period.zone());
    }
    long days = ChronoUnit.DAYS.between(first, end) * times;
    return named(first.minusDays(days), end.minusDays(days), period.zone());
  }

  /**
   * The days of a period by its calendar, each as long as it was; the first and last may be cut.
   */
  public static List<Period> days(Period period) {
    List<Period> days = new ArrayList<>();
    LocalDate day = period.from().atZone(period.zone()).toLocalDate();
    while (day.atStartOfDay(period.zone()).toInstant().isBefore(period.to())) {
      Period whole = named(day, day.plusDays(1), period.zone());
      days.add(
          new Period(
              whole.label(),
              whole.from().isBefore(period.from()) ? period.from() : whole.from(),
              whole.to().isAfter(period.to()) ? period.to() : whole.to(),
              period.zone()));
      day = day.plusDays(1);
    }
    return days;
  }

  /** True if it begins and ends with days of its calendar. */
  public static boolean isWholeDays(Period period) {
    return isStartOfDay(period.from().atZone(period.zone()))
        && isStartOfDay(period.to().atZone(period.zone()));
  }

  private static boolean isStartOfDay(ZonedDateTime time) {
    return time.equals(time.toLocalDate().atStartOfDay(time.getZone()));
  }

  private static boolean isMonths(LocalDate first, LocalDate end) {
    return first.getDayOfMonth() == 1 && end.getDayOfMonth() == 1 && first.isBefore(end);
  }

  private static boolean isWeek(LocalDate first, LocalDate end) {
    return first.getDayOfWeek() == DayOfWeek.MONDAY && first.plusDays(WEEK).equals(end);
  }

  /** Whole days, under the name that people have for them. */
  static Period named(LocalDate first, LocalDate end, ZoneId zone) {
    return new Period(
        label(first, end),
        first.atStartOfDay(zone).toInstant(),
        end.atStartOfDay(zone).toInstant(),
        zone);
  }

  private static String label(LocalDate first, LocalDate end) {
    if (isMonths(first, end)) {
      YearMonth month = YearMonth.from(first);
      long months = ChronoUnit.MONTHS.between(first, end);
      if (months == 1) {
        return month.toString();
      }
      if (months == 3 && month.getMonthValue() % 3 == 1) {
        return first.getYear() + "-Q" + first.get(IsoFields.QUARTER_OF_YEAR);
      }
      if (months == 12 && month.getMonthValue() == 1) {
        return String.valueOf(first.getYear());
      }
    }
    if (first.plusDays(1).equals(end)) {
      return first.toString();
    }
    if (isWeek(first, end)) {
      return String.format(
          Locale.ROOT,
          "%d-W%02d",
          first.get(IsoFields.WEEK_BASED_YEAR),
          first.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }
    return first + ".." + end;
  }

  private static Period timed(ZonedDateTime from, ZonedDateTime to) {
    return new Period(
        text(from) + ".." + text(to), from.toInstant(), to.toInstant(), from.getZone());
  }

  private static String text(ZonedDateTime time) {
    return time.toLocalTime().equals(LocalTime.MIDNIGHT) && isStartOfDay(time)
        ? time.toLocalDate().toString()
        : time.toOffsetDateTime().toString();
  }
}
