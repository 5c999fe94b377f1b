// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.util.Arrays;

/**
 * How far a value is from its peers: the modified z-score of B. Iglewicz and D. Hoaglin, How to
 * Detect and Handle Outliers, 1993: 0.6745 (x - median) / MAD, where MAD is the median of the
 * distances from the median. Neither is moved by the outliers that it is to find. Peers that are
 * all but equal would make anything an outlier, so a MAD below 2 % of the median counts as 2 %.
 */
public final class PeerGroup {
  /** Fewer are no group to compare with. */
  public static final int FEWEST = 8;

  private static final double NORMAL = 0.6745;
  private static final double MIN_SPREAD = 0.02;

  private final double median;
  private final double spread;

  private PeerGroup(double median, double spread) {
    this.median = median;
    this.spread = spread;
  }

  /** A group of at least {@link #FEWEST} values. */
  public static PeerGroup of(long[] values) {
    if (values.length < FEWEST) {
      throw new IllegalArgumentException("a group of " + values.length);
    }
    double middle = median(values.clone());
    long[] distances = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      distances[i] = (long) Math.abs(values[i] - middle);
    }
    return new PeerGroup(middle, Math.max(median(distances), MIN_SPREAD * Math.abs(middle)));
  }

  private static double median(long[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
  }

  public double median() {
    return median;
  }

  /** Deviations from the median; over about 3.5 is unusual. 0 if all are 0. */
  public double score(long value) {
    return spread == 0 ? 0 : NORMAL * (value - median) / spread;
  }
}
