// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/** What a budget limits: power, in mW, or the energy of a period of the calendar, in mJ. */
public enum Quantity {
  POWER,
  ENERGY_PER_HOUR,
  ENERGY_PER_DAY,
  ENERGY_PER_MONTH;

  /** From when to before when, Unix epoch, milliseconds. */
  public record Period(long startEpochMillis, long endEpochMillis) {
    public boolean contains(long epochMillis) {
      return epochMillis >= startEpochMillis && epochMillis < endEpochMillis;
    }
  }

  public boolean isEnergy() {
    return this != POWER;
  }

  /**
   * The period that this time is in. Days and months are those of the calendar in that zone, so
   * that they have 23 or 25 hours, or an hour less or more, where clocks are changed; hours are
   * always 3,600 s, and begin when the zone's clock shows a full hour.
   */
  public Period period(long epochMillis, ZoneId zone) {
    ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone);
    return switch (this) {
      case POWER -> throw new IllegalStateException("power has no period");
      case ENERGY_PER_HOUR -> {
        long start = time.truncatedTo(ChronoUnit.HOURS).toInstant().toEpochMilli();
        yield new Period(start, start + 3_600_000);
      }
      case ENERGY_PER_DAY -> {
        var day = time.toLocalDate();
        yield new Period(millis(day, zone), millis(day.plusDays(1), zone));
      }
      case ENERGY_PER_MONTH -> {
        var first = time.toLocalDate().withDayOfMonth(1);
        yield new Period(millis(first, zone), millis(first.plusMonths(1), zone));
      }
    };
  }

  private static long millis(java.time.LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
