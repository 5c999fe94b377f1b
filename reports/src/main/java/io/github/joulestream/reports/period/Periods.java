// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import io.github.joulestream.runtime.UserError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Periods as people write them: {@code 2026}, {@code 2026-Q3}, {@code 2026-10}, {@code 2026-W41},
 * {@code 2026-10-05}, {@code last-month} and its like, and {@code FROM..TO} of dates or of RFC 3339
 * times. TO is exclusive, of dates too: {@code 2026-10-01..2026-10-15} ends with the 14th.
 */
public final class Periods {
  /** The words for periods by the calendar, for help. */
  public static final List<String> WORDS =
      List.of(
          "today",
          "yesterday",
          "this-week",
          "last-week",
          "this-month",
          "last-month",
          "this-quarter",
          "last-quarter",
          "this-year",
          "last-year");

  private static final Pattern YEAR = Pattern.compile("(\\d{4})");
  private static final Pattern QUARTER = Pattern.compile("(\\d{4})-[Qq]([1-4])");
  private static final Pattern MONTH = Pattern.compile("(\\d{4})-(\\d{2})");
  private static final Pattern WEEK = Pattern.compile("(\\d{4})-[Ww](\\d{2})");
  private static final String RANGE = "..";
  private static final long QUARTER_HOUR = 900_000;
  private static final int MAX_YEARS = 11;
  private static final int FIRST_YEAR = 1970;
  private static final int MONTHS_OF_QUARTER = 3;
  private static final int MONTHS_OF_YEAR = 12;

  private Periods() {}

  /**
   * The period of a text.
   *
   * @param asOf what a report knows: words such as {@code last-month} are counted from it, and the
   *     period has begun before it
   * @throws UserError if it is none, or has not begun
   */
  public static Period parse(String text, ZoneId zone, Instant asOf) {
    String wanted = text.strip();
    Period period;
    try {
      period = wanted.contains(RANGE) ? range(wanted, zone) : calendar(wanted, zone, asOf);
    } catch (DateTimeException e) {
      throw UserError.usage(noPeriod(text) + ": " + e.getMessage(), e);
    }
    check(period, text, asOf);
    return period;
  }

  private static void check(Period period, String text, Instant asOf) {
    if (!period.from().isBefore(period.to())) {
      throw UserError.usage(
          "'%s' ends at %s, which is not after its start at %s"
              .formatted(text, period.to(), period.from()));
    }
    if (period.from().atZone(period.zone()).getYear() < FIRST_YEAR) {
      throw UserError.usage("'%s' begins before %d".formatted(text, FIRST_YEAR));
    }
    if (!period.from().isBefore(asOf)) {
      throw UserError.usage(
          "'%s' begins at %s, which is in the future of %s".formatted(text, period.from(), asOf));
    }
    if (period
        .from()
        .atZone(period.zone())
        .plusYears(MAX_YEARS)
        .toInstant()
        .isBefore(period.to())) {
      throw UserError.usage("'%s' is longer than %d years".formatted(text, MAX_YEARS));
    }
    for (Instant edge : List.of(period.from(), period.to())) {
      if (edge.toEpochMilli() % QUARTER_HOUR != 0
          || !edge.equals(edge.truncatedTo(ChronoUnit.MILLIS))) {
        throw UserError.usage(
            "'%s' has an edge at %s, which is not on a quarter of an hour of UTC: 00, 15, 30 or 45"
                .formatted(text, edge));
      }
    }
  }

  private static String noPeriod(String text) {
    return ("'%s' is no period: write 2026, 2026-Q3, 2026-10, 2026-W41, 2026-10-05, a range such as"
            + " 2026-10-01..2026-10-15 (its end is exclusive), or one of %s")
        .formatted(text, String.join(", ", WORDS));
  }

  private static Period calendar(String text, ZoneId zone, Instant asOf) {
    Matcher year = YEAR.matcher(text);
    if (year.matches()) {
      return months(YearMonth.of(number(year, 1), 1), MONTHS_OF_YEAR, zone);
    }
    Matcher quarter = QUARTER.matcher(text);
    if (quarter.matches()) {
      int month = MONTHS_OF_QUARTER * (number(quarter, 2) - 1) + 1;
      return months(YearMonth.of(number(quarter, 1), month), MONTHS_OF_QUARTER, zone);
    }
    Matcher month = MONTH.matcher(text);
    if (month.matches()) {
      return months(YearMonth.of(number(month, 1), number(month, 2)), 1, zone);
    }
    Matcher week = WEEK.matcher(text);
    if (week.matches()) {
      return week(number(week, 1), number(week, 2), zone);
    }
    if (WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return word(text.toLowerCase(Locale.ROOT), zone, asOf);
    }
    return days(LocalDate.parse(text), 1, zone);
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static Period week(int year, int week, ZoneId zone) {
    LocalDate inYear = LocalDate.of(year, 7, 1);
    if (week < 1 || week > IsoFields.WEEK_OF_WEEK_BASED_YEAR.rangeRefinedBy(inYear).getMaximum()) {
      throw new DateTimeException("%d has no week %d".formatted(year, week));
    }
    LocalDate monday =
        inYear
            .with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, week)
            .with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY));
    return days(monday, 7, zone);
  }

  private static Period word(String word, ZoneId zone, Instant asOf) {
    LocalDate today = asOf.atZone(zone).toLocalDate();
    int back = word.startsWith("last-") ? 1 : 0;
    LocalDate monday = today.with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY));
    YearMonth month = YearMonth.from(today);
    YearMonth quarter = month.minusMonths((month.getMonthValue() - 1) % MONTHS_OF_QUARTER);
    return switch (word) {
      case "today" -> days(today, 1, zone);
      case "yesterday" -> days(today.minusDays(1), 1, zone);
      case "this-week", "last-week" -> days(monday.minusWeeks(back), 7, zone);
      case "this-month", "last-month" -> months(month.minusMonths(back), 1, zone);
      case "this-quarter", "last-quarter" ->
          months(quarter.minusMonths((long) MONTHS_OF_QUARTER * back), MONTHS_OF_QUARTER, zone);
      default -> months(Year.from(today).minusYears(back).atMonth(1), MONTHS_OF_YEAR, zone);
    };
  }

  private static Period range(String text, ZoneId zone) {
    int at = text.indexOf(RANGE);
    String from = text.substring(0, at).strip();
    String to = text.substring(at + RANGE.length()).strip();
    return new Period(text, edge(from, zone), edge(to, zone), zone);
  }

  private static Instant edge(String text, ZoneId zone) {
    if (!text.contains("T") && !text.contains("t")) {
      return LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new DateTimeException(
          "'%s' is no RFC 3339 time with an offset, such as 2026-10-01T06:00Z".formatted(text), e);
    }
  }

  /** Whole months. */
  static Period months(YearMonth first, int count, ZoneId zone) {
    return CalendarSpan.named(first.atDay(1), first.plusMonths(count).atDay(1), zone);
  }

  /** Whole days. */
  static Period days(LocalDate first, int count, ZoneId zone) {
    return CalendarSpan.named(first, first.plusDays(count), zone);
  }
}
