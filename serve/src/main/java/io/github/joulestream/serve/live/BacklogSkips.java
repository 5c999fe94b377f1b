// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

/**
 * Which records of old power can be left out at a start. The last ten minutes of a small site are
 * read in a second; those of 100,000 nodes are 60 million readings. If it takes long, the beginning
 * of each window of 10 s is enough for the means of the past, and the newest is read as it is.
 */
final class BacklogSkips {
  /** For so long everything is read, ms. */
  static final int PATIENCE_MILLIS = 3_000;

  /** So much of a window is read, ms: each node reports at least once a second as a rule. */
  static final int SAMPLE_MILLIS = 1_500;

  /** Of the newest everything is read, ms: what is not in it is silent. */
  static final int NEWEST_MILLIS = 40_000;

  private final long beganMillis;

  BacklogSkips(long beganMillis) {
    this.beganMillis = beganMillis;
  }

  /**
   * The time of the record to read next, ms.
   *
   * @param lastMillis that of the last record that was read
   */
  long next(long lastMillis, long nowMillis) {
    long window = Math.floorDiv(lastMillis, PowerWindows.WINDOW_MILLIS);
    boolean isSampled = lastMillis - window * PowerWindows.WINDOW_MILLIS >= SAMPLE_MILLIS;
    if (nowMillis - beganMillis < PATIENCE_MILLIS || !isSampled) {
      return lastMillis;
    }
    long nextWindow = (window + 1) * PowerWindows.WINDOW_MILLIS;
    return Math.max(lastMillis, Math.min(nextWindow, nowMillis - NEWEST_MILLIS));
  }
}
