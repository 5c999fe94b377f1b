// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

/**
 * A value of one series in one interval of time, as issued at one time. The latest issue of an
 * interval counts; earlier ones are kept, so that what was known at a time can be worked out again.
 *
 * @param from start, Unix epoch, ms; inclusive
 * @param to end, Unix epoch, ms; exclusive
 * @param valueNano in 1e-9 of the unit of {@link SeriesKind#unit}, so that sums are exact; 0 if
 *     withdrawn
 * @param currency ISO 4217 code of an amount of money, else empty
 * @param quality how it is known
 * @param issued when the value was issued, Unix epoch, ms
 * @param withdrawn whether this issue takes the interval back: as if there were none
 * @param origin whose it is, and as what it was given
 */
public record GridInterval(
    String site,
    GridSeries series,
    long from,
    long to,
    long valueNano,
    String currency,
    GridQuality quality,
    long issued,
    boolean withdrawn,
    Origin origin) {
  /** Parts of a unit that values are kept in. */
  public static final long NANO = 1_000_000_000;

  /**
   * Whose a value is.
   *
   * @param provider who issued it: {@code electricity-maps}, or empty
   * @param zone the provider's name of the zone, or empty
   * @param given value and unit as they were in the file: {@code 512 lb/MWh}
   */
  public record Origin(String provider, String zone, String given) {
    public static final Origin UNKNOWN = new Origin("", "", "");
  }

  public GridInterval {
    if (to <= from) {
      throw new IllegalArgumentException("an interval from %d to %d".formatted(from, to));
    }
    if (series.kind().isMoney() == currency.isEmpty()) {
      throw new IllegalArgumentException("%s in currency '%s'".formatted(series.text(), currency));
    }
  }

  /** The value in the unit of its kind. */
  public double value() {
    return (double) valueNano / NANO;
  }

  /** True if both are of one series and have time in common. */
  public boolean overlaps(GridInterval other) {
    return site.equals(other.site)
        && series.equals(other.series)
        && from < other.to
        && other.from < to;
  }

  /** True if both are issues of one interval of one series. */
  public boolean isIssueOf(GridInterval other) {
    return site.equals(other.site)
        && series.equals(other.series)
        && from == other.from
        && to == other.to;
  }
}
