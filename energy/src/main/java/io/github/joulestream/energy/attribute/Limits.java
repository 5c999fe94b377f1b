// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Windows;

/**
 * Times that decide what counts as known.
 *
 * @param windowMillis length of a window; books are kept by windows, aligned to the epoch
 * @param gapMillis readings this close together make energy MEASURED; a job's first and last
 *     reading are held this far to its edges
 * @param longGapMillis readings this close together still make it ESTIMATED; beyond, the time is
 *     uncovered
 * @param futureMillis a reading further ahead of its own arrival than this is refused
 * @param horizonMillis how long after their arrival readings can still be corrected
 * @param holdMillis how long an allocation lives that nobody gives back, takes over or repeats
 */
public record Limits(
    int windowMillis,
    long gapMillis,
    long longGapMillis,
    long futureMillis,
    long horizonMillis,
    long holdMillis) {

  public static final Limits DEFAULT =
      new Limits(Windows.MILLIS, 10_000, 300_000, 300_000, 3_600_000, 31L * 24 * 3_600_000);

  /** A clock this far ahead of the broker's is ahead. */
  static final long AHEAD_MILLIS = 1_000;

  /** No rule looks further around a reading than this. */
  static final long LOOK_MILLIS = 60_000;

  /** A reading or an edge that is older than this when it arrives is refused. */
  static final long PAST_MILLIS = Bounds.OLDEST_BEFORE_ARRIVAL_MILLIS;

  // with it, what is drawn between two readings of any plausible power is a whole number
  private static final long MAX_GAP_MILLIS = 400_000;

  public Limits {
    if (windowMillis <= 0
        || LOOK_MILLIS % windowMillis != 0
        || holdMillis <= 0
        || gapMillis <= 0
        || longGapMillis < gapMillis
        || longGapMillis > MAX_GAP_MILLIS
        || horizonMillis <= 0) {
      throw new IllegalArgumentException("limits out of order");
    }
  }

  /**
   * A counter's difference is spread over the windows of at most this long, a weekend that an agent
   * was away: each window costs memory and a record, and of a longer time nobody knows when what
   * was drawn.
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

  /**
   * True if it is too old to be of any use when it arrives: no clock and no spool is the reason.
   */
  static boolean isOld(long epochMillis, long arrivalEpochMillis) {
    return epochMillis < arrivalEpochMillis - PAST_MILLIS;
  }

  long windowOf(long epochMillis) {
    return Math.floorDiv(epochMillis, windowMillis) * windowMillis;
  }
}
