// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.period;

import io.github.joulestream.store.history.TimeRange;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;

/** Parts of periods. */
public final class PeriodCut {
  private static final long QUARTER_HOUR = 900_000;
  private static final long HOUR = 3_600_000;
  private static final long LONG = 35L * 24 * HOUR;

  private PeriodCut() {}

  /**
   * A period up to a time: to the quarter of an hour before it, or to the hour in a period of over
   * 35 days, so that it can be read by the hour.
   */
  static Period at(Period period, Instant asOf) {
    if (!asOf.isBefore(period.to())) {
      return period;
    }
    long unit = isByHour(period) ? HOUR : QUARTER_HOUR;
    long cut = Math.floorDiv(asOf.toEpochMilli(), unit) * unit;
    Instant to = Instant.ofEpochMilli(Math.max(cut, period.from().toEpochMilli()));
    return new Period(period.label(), period.from(), to, period.zone());
  }

  /** Whether a period is so long that it is cut at an hour. */
  static boolean isByHour(Period period) {
    return period.range().millis() > LONG;
  }

  /** The period month by month of its calendar; the first and last may be parts of months. */
  public static List<TimeRange> months(Period period) {
    List<TimeRange> parts = new ArrayList<>();
    long from = period.from().toEpochMilli();
    long end = period.to().toEpochMilli();
    YearMonth month = YearMonth.from(period.from().atZone(period.zone()));
    while (from < end) {
      month = month.plusMonths(1);
      long next = month.atDay(1).atStartOfDay(period.zone()).toInstant().toEpochMilli();
      long to = Math.min(end, next);
      parts.add(new TimeRange(from, to));
      from = to;
    }
    return parts;
  }
}
