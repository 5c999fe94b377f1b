// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import java.math.BigDecimal;

/**
 * A value as a file has it.
 *
 * @param place where it is in the file
 * @param from start of its interval, Unix epoch, ms
 * @param to its end, or {@link #UNTIL_NEXT}
 * @param currency empty if the unit has it, or it is no amount of money
 * @param issued Unix epoch, ms, or {@link #NOT_STATED}
 */
record FeedValue(
    String place,
    GridSeries series,
    long from,
    long to,
    BigDecimal value,
    String unit,
    String currency,
    GridQuality quality,
    long issued,
    Source source) {
  static final long UNTIL_NEXT = Long.MIN_VALUE;
  static final long NOT_STATED = Long.MIN_VALUE;

  /**
   * Whose the values of a file, or of a row, are.
   *
   * @param provider its name, or empty
   * @param zone its name of the zone, or empty
   */
  record Source(String provider, String zone) {}

  FeedValue withEnd(long end) {
    return new FeedValue(place, series, from, end, value, unit, currency, quality, issued, source);
  }

  /**
   * The interval of a site.
   *
   * @param at when it was issued, Unix epoch, ms
   */
  GridInterval interval(String site, long at) throws Refused {
    Plausible.interval(from, to);
    String given = value.toPlainString() + " " + unit;
    Units.Kept kept = Units.convert(series.kind(), value, unit, currency, to - from);
    Plausible.value(series.kind(), kept.valueNano(), given);
    return new GridInterval(
        site,
        series,
        from,
        to,
        kept.valueNano(),
        kept.currency(),
        quality,
        at,
        false,
        new GridInterval.Origin(source.provider, source.zone, given));
  }
}
