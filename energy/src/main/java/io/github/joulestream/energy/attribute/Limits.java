// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

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
      new Limits(10_000, 10_000, 300_000, 300_000, 3_600_000, 31L * 24 * 3_600_000);

  /** A clock this far ahead of the broker's is ahead. */
  static final long AHEAD_MILLIS = 1_000;

  /** No rule looks further around a reading than this. */
  static final long LOOK_MILLIS = 60_000;

  public Limits {
    if (windowMillis <= 0
        || LOOK_MILLIS % windowMillis != 0
        || holdMillis <= 0
        || gapMillis <= 0
        || longGapMillis < gapMillis
        || horizonMillis <= 0) {
      throw new IllegalArgumentException("limits out of order");
    }
  }

  long windowOf(long epochMillis) {
    return Math.floorDiv(epochMillis, windowMillis) * windowMillis;
  }
}
