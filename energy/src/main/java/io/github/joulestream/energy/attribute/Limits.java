// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Windows;
import java.time.Duration;

/**
 * Times that the rules of attribution depend on. Each may be set within a permitted range; {@link
 * #DEFAULT} holds the defaults, and {@code with...} methods change one of them:
 *
 * <pre>
 *   Limits.DEFAULT.withGap(Duration.ofSeconds(20))
 * </pre>
 *
 * <p>Corrections book again what was booked under the limits of then. After a change the quality
 * and the energy of readings that are up to a horizon old can be corrected by other limits than
 * they were booked by: their windows stay in balance (measured = jobs + idle), but a gap that was
 * covered may be uncovered.
 *
 * @param windowMillis length of the windows of jobs, nodes and sites, milliseconds; aligned to the
 *     Unix epoch. A divisor of a minute. The store, the alerts and the dashboards use {@link
 *     Windows#MILLIS}, so programs do not set it
 * @param gapMillis two readings no further apart than this make MEASURED energy, milliseconds; the
 *     power at a job's first and last reading is held this far to its edges. 1 to the long gap
 * @param longGapMillis two readings no further apart than this make ESTIMATED energy, milliseconds;
 *     beyond, the time is uncovered. From the gap to {@link #MAX_LONG_GAP_MILLIS}
 * @param futureMillis a reading or an edge further ahead of its own arrival than this is refused,
 *     milliseconds. 0 to {@link #MAX_FUTURE_MILLIS}
 * @param horizonMillis a late reading or edge is corrected up to this long after, milliseconds; so
 *     much of each node's readings is kept in state. {@link #MIN_HORIZON_MILLIS} to {@link
 *     #MAX_HORIZON_MILLIS}
 * @param holdMillis an allocation that is neither released nor taken over nor repeated expires
 *     after this, milliseconds. 1 to {@link #MAX_HOLD_MILLIS}
 */
public record Limits(
    int windowMillis,
    long gapMillis,
    long longGapMillis,
    long futureMillis,
    long horizonMillis,
    long holdMillis) {

  /**
   * Upper end of the long gap: ten gigawatts, the most that any reading is believed, over 400 s are
   * 4e18 microjoules, which a long holds. At twice that nearly, at three times that no longer.
   */
  public static final long MAX_LONG_GAP_MILLIS = 400_000;

  /** Upper end of what a clock may be ahead. */
  public static final long MAX_FUTURE_MILLIS = 3_600_000;

  /**
   * Lower end of the horizon: a correction needs the samples of four minutes before a change, and a
   * batch of an agent that was away for a few minutes is to be in time.
   */
  public static final long MIN_HORIZON_MILLIS = 600_000;

  /**
   * Upper end of the horizon: alerts keep windows for 80 minutes, in which a corrected window
   * replaces the one before.
   */
  public static final long MAX_HORIZON_MILLIS = 3_600_000;

  /** Upper end of the life of an allocation: less than devices are kept that no longer report. */
  public static final long MAX_HOLD_MILLIS = 34L * 24 * 3_600_000;

  /**
   * Windows of 10 s, a gap of 10 s, a long gap and a future of 5 min, a horizon of 1 h, 31 days.
   */
  public static final Limits DEFAULT =
      new Limits(
          Windows.MILLIS, 10_000, 300_000, 300_000, MAX_HORIZON_MILLIS, 31L * 24 * 3_600_000);

  /**
   * Clock skew beyond which a reading is counted as one of a clock that is ahead. Clocks that are
   * synchronised differ by far less; at twice that a clock 1.9 s ahead is not reported.
   */
  static final long AHEAD_MILLIS = 1_000;

  /**
   * How far around a reading any rule looks. Whole minutes are corrected, so that no correction
   * needs to know which rule saw what: at twice that a correction books twice the time again.
   */
  static final long MAX_RULE_LOOKAROUND_MILLIS = 60_000;

  /** A reading or an edge that is older than this when it arrives is refused. */
  static final long PAST_MILLIS = Bounds.OLDEST_BEFORE_ARRIVAL_MILLIS;

  /**
   * Limits.
   *
   * @throws IllegalArgumentException if one is out of its range; the message names it, the range
   *     and the value
   */
  public Limits {
    if (windowMillis <= 0 || MAX_RULE_LOOKAROUND_MILLIS % windowMillis != 0) {
      throw new IllegalArgumentException(
          "window of %d ms: it must divide a minute".formatted(windowMillis));
    }
    check("gap", gapMillis, 1, longGapMillis);
    check("long gap", longGapMillis, gapMillis, MAX_LONG_GAP_MILLIS);
    check("future", futureMillis, 0, MAX_FUTURE_MILLIS);
    check("horizon", horizonMillis, MIN_HORIZON_MILLIS, MAX_HORIZON_MILLIS);
    check("life of an allocation", holdMillis, 1, MAX_HOLD_MILLIS);
  }

  private static void check(String name, long millis, long min, long max) {
    if (millis < min || millis > max) {
      throw new IllegalArgumentException(
          "%s of %d ms: it must be %d to %d ms".formatted(name, millis, min, max));
    }
  }

  /** The same with another gap, of {@link #gapMillis}. */
  public Limits withGap(Duration gap) {
    return new Limits(
        windowMillis, gap.toMillis(), longGapMillis, futureMillis, horizonMillis, holdMillis);
  }

  /** The same with another long gap, of {@link #longGapMillis}. */
  public Limits withLongGap(Duration longGap) {
    return new Limits(
        windowMillis, gapMillis, longGap.toMillis(), futureMillis, horizonMillis, holdMillis);
  }

  /** The same with another future, of {@link #futureMillis}. */
  public Limits withFuture(Duration future) {
    return new Limits(
        windowMillis, gapMillis, longGapMillis, future.toMillis(), horizonMillis, holdMillis);
  }

  /** The same with another horizon, of {@link #horizonMillis}. */
  public Limits withHorizon(Duration horizon) {
    return new Limits(
        windowMillis, gapMillis, longGapMillis, futureMillis, horizon.toMillis(), holdMillis);
  }

  /** The same with another life of an allocation, of {@link #holdMillis}. */
  public Limits withHold(Duration hold) {
    return new Limits(
        windowMillis, gapMillis, longGapMillis, futureMillis, horizonMillis, hold.toMillis());
  }

  /**
   * Upper end of the time that a counter's difference is spread over: a weekend that an agent was
   * away. Each window costs memory and a record, and of a longer time the power within it is
   * unknown; at twice that one reading could add 52,000 windows of a device.
   */
  long longestSpreadMillis() {
    return 72 * 3_600_000L;
  }

  /** The time at which something of this time is counted: that of its arrival if it cannot be. */
  long bookable(long epochMillis, long arrivalEpochMillis) {
    return epochMillis < 0
            || epochMillis > arrivalEpochMillis + futureMillis
            || isOld(epochMillis, arrivalEpochMillis)
        ? arrivalEpochMillis
        : epochMillis;
  }

  /** True if it is so old when it arrives that neither a clock nor a spool explains it. */
  static boolean isOld(long epochMillis, long arrivalEpochMillis) {
    return epochMillis < arrivalEpochMillis - PAST_MILLIS;
  }

  /** Start of the window that a time is in. */
  long windowOf(long epochMillis) {
    return Math.floorDiv(epochMillis, windowMillis) * windowMillis;
  }
}
