// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

/**
 * The six bytes of a cell of the heat map, and deltas of them; the document describes both. Numbers
 * that are not known are 255.
 */
final class CellCodec {
  static final int BYTES = 6;
  static final int UNKNOWN = 255;
  static final int POWER_STEPS = 250;
  static final int SILENT = 1;
  static final int ALERTING = 2;
  static final int HELD = 4;

  /** The most bytes of a distance. */
  static final int VARINT_BYTES = 5;

  private static final int BASIS_POINTS_OF_PERCENT = 100;
  private static final int DECIDEGREES = 10;
  private static final int HOTTEST = 254;
  private static final int OLDEST_SECONDS = 250;
  private static final int AGE_STEP_SECONDS = 5;
  private static final int SECOND_MILLIS = 1_000;
  private static final int SEVEN_BITS = 0x7f;
  private static final int MORE = 0x80;

  private CellCodec() {}

  /**
   * Power as a share of the highest.
   *
   * @param milliwatts below 0: not known
   */
  static int power(long milliwatts, long highest) {
    if (milliwatts < 0) {
      return UNKNOWN;
    }
    if (highest <= 0) {
      return 0;
    }
    return Math.clamp(Math.round((double) milliwatts / highest * POWER_STEPS), 0, POWER_STEPS);
  }

  /**
   * A share in percent.
   *
   * @param basisPoints below 0: not known
   */
  static int percent(int basisPoints) {
    return basisPoints < 0
        ? UNKNOWN
        : Math.min(
            (basisPoints + BASIS_POINTS_OF_PERCENT / 2) / BASIS_POINTS_OF_PERCENT,
            BASIS_POINTS_OF_PERCENT);
  }

  /** Degrees C, from 0 on. */
  static int temperature(int decidegrees) {
    return decidegrees == Integer.MIN_VALUE
        ? UNKNOWN
        : Math.clamp(Math.floorDiv(decidegrees + DECIDEGREES / 2, DECIDEGREES), 0, HOTTEST);
  }

  /**
   * Age of a reading, s, in steps: without them the ages of all nodes would change with each frame.
   *
   * @param epochMillis 0: there is none
   */
  static int age(long epochMillis, long now) {
    if (epochMillis <= 0) {
      return UNKNOWN;
    }
    long seconds = Math.max(0, now - epochMillis) / SECOND_MILLIS;
    return (int) (Math.min(seconds, OLDEST_SECONDS) / AGE_STEP_SECONDS * AGE_STEP_SECONDS);
  }

  /**
   * Writes the cells that changed after a frame.
   *
   * @param cells six bytes a cell
   * @param changedAt the frame at which each cell changed last
   * @param size number of cells
   * @param to as long as (6 + {@link #VARINT_BYTES}) x size
   * @return number of bytes
   */
  static int writeDelta(byte[] cells, long[] changedAt, int size, long after, byte[] to) {
    int at = 0;
    int before = -1;
    for (int i = 0; i < size; i++) {
      if (changedAt[i] > after) {
        int distance = i - before;
        while (distance > SEVEN_BITS) {
          to[at++] = (byte) ((distance & SEVEN_BITS) | MORE);
          distance >>>= 7;
        }
        to[at++] = (byte) distance;
        System.arraycopy(cells, i * BYTES, to, at, BYTES);
        at += BYTES;
        before = i;
      }
    }
    return at;
  }
}
