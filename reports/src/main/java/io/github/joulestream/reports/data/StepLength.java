// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.reports.period.Period;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/** How finely a period is read. */
final class StepLength {
  /** A quarter of an hour, ms. */
  static final int QUARTER_HOUR = 900_000;

  /** An hour, ms. */
  static final int HOUR = 3_600_000;

  private static final int SECONDS_PER_HOUR = 3_600;
  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2050-01-01T00:00:00Z");

  private StepLength() {}

  /**
   * An hour where the period, the days of its zone and the values of the grid begin and end with
   * hours of UTC, else a quarter of an hour.
   */
  static int of(Period period, GridFactors grid) {
    return isOnHours(period)
            && grid.fits(period.from().toEpochMilli(), period.to().toEpochMilli(), HOUR)
        ? HOUR
        : QUARTER_HOUR;
  }

  private static boolean isOnHours(Period period) {
    return isOnHour(period.from().toEpochMilli())
        && isOnHour(period.to().toEpochMilli())
        && hasHours(period.zone());
  }

  /**
   * True if the zone has been ahead of UTC by whole hours alone. It is asked of the zone and not of
   * the period, so that months are read as their year is.
   */
  private static boolean hasHours(ZoneId zone) {
    ZoneRules rules = zone.getRules();
    @Nullable Instant at = FIRST;
    while (at != null && at.isBefore(LAST)) {
      if (rules.getOffset(at).getTotalSeconds() % SECONDS_PER_HOUR != 0) {
        return false;
      }
      ZoneOffsetTransition next = rules.nextTransition(at);
      at = next == null ? null : next.getInstant();
    }
    return true;
  }

  private static boolean isOnHour(long epochMillis) {
    return epochMillis % HOUR == 0;
  }
}
