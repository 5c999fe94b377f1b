// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.reports.period.Period;
import java.time.Instant;
import java.time.LocalDate;

/** Local days of steps, in the order of time, without a conversion for each step. */
final class Days {
  private final Period period;
  private LocalDate day;
  private long start;
  private long end;

  Days(Period period) {
    this.period = period;
    this.day = LocalDate.MIN;
    this.start = Long.MAX_VALUE;
    this.end = Long.MIN_VALUE;
  }

  /** The day that a time is in: {@code 2026-10-01}. */
  String of(long epochMillis) {
    if (epochMillis < start || epochMillis >= end) {
      day = Instant.ofEpochMilli(epochMillis).atZone(period.zone()).toLocalDate();
      start = day.atStartOfDay(period.zone()).toInstant().toEpochMilli();
      end = day.plusDays(1).atStartOfDay(period.zone()).toInstant().toEpochMilli();
    }
    return day.toString();
  }
}
