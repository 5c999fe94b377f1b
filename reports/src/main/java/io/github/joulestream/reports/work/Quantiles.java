// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Percentiles of a figure over jobs. A percentile is the figure of a job: the smallest that at
 * least this share of the jobs is at or below (definition 1 of R. J. Hyndman and Y. Fan, Sample
 * Quantiles in Statistical Packages, The American Statistician 50, 1996).
 */
public final class Quantiles {
  /** Under so many values there are none. */
  public static final int FEWEST = 5;

  private static final int WHOLE = 100;

  private final double[] sorted;

  private Quantiles(double[] sorted) {
    this.sorted = sorted;
  }

  /** Of these values. */
  public static Quantiles of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quantiles(sorted);
  }

  /** How many values there are. */
  public int size() {
    return sorted.length;
  }

  /** A percentile of 1 to 100; empty under {@link #FEWEST} values. */
  public OptionalDouble at(int percent) {
    if (sorted.length < FEWEST) {
      return OptionalDouble.empty();
    }
    int rank = Math.ceilDiv(sorted.length * percent, WHOLE);
    return OptionalDouble.of(sorted[Math.max(rank, 1) - 1]);
  }
}
