// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.reports.work.RankTest;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Whether two groups of jobs differ by more than their spread.
 *
 * @param ratio median of the first over that of the second
 * @param low lower end of the 95 % interval of the ratio, from resampling both groups
 * @param high its upper end
 * @param probability that groups without a difference are as far apart, by the test of Mann and
 *     Whitney
 */
public record Difference(double ratio, double low, double high, double probability) {
  private static final int RESAMPLES = 1_000;
  private static final int MOST_RESAMPLED = 1_000;
  // always the same, so that a report has the same bytes each time
  private static final long SEED = 5_021;

  /**
   * Compares two groups of values above 0.
   *
   * @throws IllegalArgumentException if either has fewer than {@link Spread#FEWEST}
   */
  public static Difference between(double[] first, double[] second) {
    if (Math.min(first.length, second.length) < Spread.FEWEST) {
      throw new IllegalArgumentException(
          "groups of %d and %d".formatted(first.length, second.length));
    }
    SplittableRandom random = new SplittableRandom(SEED);
    double[] some = thinned(first);
    double[] others = thinned(second);
    double[] ratios = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      ratios[i] = medianOfResample(some, random) / medianOfResample(others, random);
    }
    Arrays.sort(ratios);
    return new Difference(
        Spread.of(first).median() / Spread.of(second).median(),
        ratios[RESAMPLES / 40],
        ratios[RESAMPLES - 1 - RESAMPLES / 40],
        RankTest.probability(first, second));
  }

  /** Evenly some of many values: their interval is wider than that of all. */
  private static double[] thinned(double[] values) {
    if (values.length <= MOST_RESAMPLED) {
      return values;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] some = new double[MOST_RESAMPLED];
    for (int i = 0; i < some.length; i++) {
      some[i] = sorted[Math.toIntExact((2L * i + 1) * sorted.length / (2L * MOST_RESAMPLED))];
    }
    return some;
  }

  /** Percentile bootstrap: B. Efron, The Annals of Statistics 7, 1979. */
  private static double medianOfResample(double[] values, SplittableRandom random) {
    double[] sample = new double[values.length];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = values[random.nextInt(values.length)];
    }
    Arrays.sort(sample);
    return sample[(sample.length - 1) / 2];
  }
}
