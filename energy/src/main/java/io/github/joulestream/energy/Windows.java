// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * Lengths of the windows that energy is aggregated by. Windows are aligned to the Unix epoch: a
 * window of {@link #MILLIS} that starts at 12:00:10 includes 12:00:10.000 and excludes
 * 12:00:20.000.
 */
public final class Windows {
  /**
   * Length of the windows of jobs, nodes and sites, milliseconds. Twice as long halves the records
   * and the points stored, and an edge of a job or a gap is seen half as finely.
   */
  public static final int MILLIS = 10_000;

  /**
   * Length of the windows of jobs that are kept for years, and of the middle windows of sites,
   * milliseconds. Every time zone's days and hours, and the intervals of tariffs, begin with one of
   * them.
   */
  public static final int QUARTER_HOUR_MILLIS = 900_000;

  /** Length of the long windows of sites, milliseconds. */
  public static final int HOUR_MILLIS = 3_600_000;

  /** Name of a window of {@link #MILLIS}: the tag {@code window} of stored points. */
  public static final String NAME = "10s";

  /** Name of a window of {@link #QUARTER_HOUR_MILLIS}. */
  public static final String QUARTER_HOUR_NAME = "15m";

  /** Name of a window of {@link #HOUR_MILLIS}. */
  public static final String HOUR_NAME = "1h";

  private static final int MINUTE_MILLIS = 60_000;

  private Windows() {}

  /** Name of a window of a length in milliseconds: whole hours, minutes or seconds. */
  public static String name(int windowMillis) {
    if (windowMillis % HOUR_MILLIS == 0) {
      return windowMillis / HOUR_MILLIS + "h";
    }
    return windowMillis % MINUTE_MILLIS == 0
        ? windowMillis / MINUTE_MILLIS + "m"
        : windowMillis / 1_000 + "s";
  }

  /** Start of the quarter of an hour that a time is in. */
  public static long quarterHourOf(long epochMillis) {
    return Math.floorDiv(epochMillis, QUARTER_HOUR_MILLIS) * QUARTER_HOUR_MILLIS;
  }
}
