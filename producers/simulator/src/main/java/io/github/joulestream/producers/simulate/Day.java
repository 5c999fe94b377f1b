// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import java.util.SplittableRandom;

/** Warmth and sunshine by the hour, UTC. They change once a minute. Mutable; one thread. */
final class Day {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long MINUTE_MILLIS = 60_000;
  private static final double HOTTEST_HOUR = 15;
  private static final long CLOUD_MILLIS = 600_000;
  // of clear sky, under the thickest clouds
  private static final double LEAST_LIGHT = 0.3;

  private final long seed;
  private long minute = Long.MIN_VALUE;
  private double warmth;
  private double sunshine;

  Day(long seed) {
    this.seed = seed;
  }

  /** It is this time from now on. */
  void moveTo(long epochMillis) {
    long now = Math.floorDiv(epochMillis, MINUTE_MILLIS);
    if (now != minute) {
      minute = now;
      long millis = now * MINUTE_MILLIS;
      double hour = Math.floorMod(millis, 24 * HOUR_MILLIS) / (double) HOUR_MILLIS;
      warmth = (1 + Math.cos(2 * Math.PI * (hour - HOTTEST_HOUR) / 24)) / 2;
      // from 6 to 18 o'clock
      double height = Math.max(0, Math.cos(2 * Math.PI * (hour - 12) / 24));
      sunshine = height * light(millis);
    }
  }

  /** What clouds let through: from one value to the next, which comes after ten minutes. */
  private double light(long epochMillis) {
    long slot = Math.floorDiv(epochMillis, CLOUD_MILLIS);
    double fraction = Math.floorMod(epochMillis, CLOUD_MILLIS) / (double) CLOUD_MILLIS;
    return (1 - fraction) * lightOf(slot) + fraction * lightOf(slot + 1);
  }

  private double lightOf(long slot) {
    return LEAST_LIGHT
        + (1 - LEAST_LIGHT) * new SplittableRandom(seed * 1_000_003 + slot).nextDouble();
  }

  /** From 0, before sunrise, to 1 in the afternoon. */
  double warmth() {
    return warmth;
  }

  /** From 0 at night to 1 at noon without clouds. */
  double sunshine() {
    return sunshine;
  }
}
