// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/**
 * Power of a site for its nodes: the nodes, the switches between them, and cooling, distribution
 * and lighting, which go by the hour: cooling takes least before sunrise and most in the afternoon.
 */
final class Facility {
  // a node's share of the switches: ten ports of 400 Gb/s, about 30 W each with their optics
  private static final long NETWORK_MILLIWATTS_PER_NODE = 300_000;
  // power for each watt of the nodes and the network, at the coolest hour and more later
  private static final double LEAST = 1.12;
  private static final double SWING = 0.12;
  private static final double HOTTEST_HOUR = 15;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long MINUTE_MILLIS = 60_000;

  private long minute = Long.MIN_VALUE;
  private double factor;

  /** Power at the site's meter, mW. */
  long milliwatts(long nodesMilliwatts, int nodes, long epochMillis) {
    long now = Math.floorDiv(epochMillis, MINUTE_MILLIS);
    if (now != minute) {
      minute = now;
      factor = factor(now * MINUTE_MILLIS);
    }
    return (long) Math.ceil((nodesMilliwatts + nodes * NETWORK_MILLIWATTS_PER_NODE) * factor);
  }

  private static double factor(long epochMillis) {
    double hour = Math.floorMod(epochMillis, 24 * HOUR_MILLIS) / (double) HOUR_MILLIS;
    double warmth = (1 + Math.cos(2 * Math.PI * (hour - HOTTEST_HOUR) / 24)) / 2;
    return LEAST + SWING * warmth;
  }
}
