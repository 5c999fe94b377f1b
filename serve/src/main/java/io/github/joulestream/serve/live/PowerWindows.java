// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import java.util.Arrays;

/**
 * Mean power in windows of 10 s of the last ten minutes, in a ring. The mean of a window is that of
 * its samples, one for each reading. One thread.
 */
final class PowerWindows {
  static final int WINDOWS = 60;
  static final int WINDOW_MILLIS = 10_000;
  static final long UNKNOWN = -1;

  // window w is at w modulo their number; mW, exact up to 16 kW and then to 1/10,000,000
  private final float[] means = new float[WINDOWS];
  private long newest = Long.MIN_VALUE;
  private double mean;
  private int samples;

  /**
   * Adds a sample. One that is older than the newest window is left out: its window is over, and
   * only an account that is read anew has such.
   */
  void add(long epochMillis, long milliwatts) {
    long window = Math.floorDiv(epochMillis, WINDOW_MILLIS);
    if (window < newest) {
      return;
    }
    if (window > newest) {
      begin(window);
    }
    samples++;
    mean += (milliwatts - mean) / samples;
    means[slot(window)] = (float) Math.rint(mean);
  }

  private void begin(long window) {
    if (newest == Long.MIN_VALUE || window - newest >= WINDOWS) {
      Arrays.fill(means, (float) UNKNOWN);
    } else {
      for (long skipped = newest + 1; skipped < window; skipped++) {
        means[slot(skipped)] = (float) UNKNOWN;
      }
    }
    newest = window;
    mean = 0;
    samples = 0;
  }

  /**
   * The windows up to that with this time, the oldest first; {@link #UNKNOWN} where there is no
   * sample.
   */
  long[] upTo(long epochMillis) {
    long[] recent = new long[WINDOWS];
    long last = Math.floorDiv(epochMillis, WINDOW_MILLIS);
    for (int i = 0; i < WINDOWS; i++) {
      long window = last - WINDOWS + 1 + i;
      boolean isKept = window <= newest && newest - window < WINDOWS;
      recent[i] = isKept && newest != Long.MIN_VALUE ? (long) means[slot(window)] : UNKNOWN;
    }
    return recent;
  }

  /** All windows unknown. */
  static long[] none() {
    long[] recent = new long[WINDOWS];
    Arrays.fill(recent, UNKNOWN);
    return recent;
  }

  private static int slot(long window) {
    return (int) Math.floorMod(window, (long) WINDOWS);
  }
}
