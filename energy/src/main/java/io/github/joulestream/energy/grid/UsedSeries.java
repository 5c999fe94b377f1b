// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What factors were worked out of, of one series in a range of time: for the foot of a report.
 *
 * @param currency of amounts of money, several joined by a comma; else empty
 * @param providers who issued the values
 * @param zones the providers' names of the zones
 * @param values number of intervals, whole or in part in the range
 * @param mean over the time that is known, by time; of energies their sum over the range, kWh
 * @param millis time by quality of the value, ms
 * @param missingMillis time without a value, ms
 * @param replaced intervals left out since a later issue overlaps them without being of the same
 *     interval
 * @param lastIssued when the latest of its values was issued, Unix epoch, ms
 */
public record UsedSeries(
    GridSeries series,
    String currency,
    SortedSet<String> providers,
    SortedSet<String> zones,
    int values,
    BigDecimal mean,
    SortedMap<GridQuality, Long> millis,
    long missingMillis,
    int replaced,
    long lastIssued) {
  private static final int SCALE = 9;

  /** Of the values of a series that has some in the range. */
  static UsedSeries of(GridSeries series, SeriesValues values, long from, long to) {
    SortedSet<String> currencies = new TreeSet<>();
    SortedSet<String> providers = new TreeSet<>();
    SortedSet<String> zones = new TreeSet<>();
    SortedMap<GridQuality, Long> millis = new TreeMap<>();
    long lastIssued = Long.MIN_VALUE;
    BigDecimal energy = BigDecimal.ZERO;
    for (GridInterval interval : values.within(from, to)) {
      long overlap = SeriesValues.overlap(interval, from, to);
      addNonEmpty(currencies, interval.currency());
      addNonEmpty(providers, interval.origin().provider());
      addNonEmpty(zones, interval.origin().zone());
      millis.merge(interval.quality(), overlap, Long::sum);
      lastIssued = Math.max(lastIssued, interval.issued());
      energy =
          energy.add(
              BigDecimal.valueOf(interval.valueNano(), SCALE)
                  .multiply(BigDecimal.valueOf(overlap))
                  .divide(
                      BigDecimal.valueOf(interval.to() - interval.from()),
                      SCALE,
                      RoundingMode.HALF_UP));
    }
    long missing = values.missing(from, to);
    BigDecimal mean =
        new BigDecimal(values.weighted(from, to), SCALE)
            .divide(BigDecimal.valueOf(to - from - missing), SCALE, RoundingMode.HALF_UP);
    return new UsedSeries(
        series,
        String.join(", ", currencies),
        providers,
        zones,
        values.within(from, to).size(),
        series.kind().isEnergy() ? energy : mean,
        millis,
        missing,
        values.replaced(),
        lastIssued);
  }

  private static void addNonEmpty(SortedSet<String> texts, String text) {
    if (!text.isEmpty()) {
      texts.add(text);
    }
  }
}
