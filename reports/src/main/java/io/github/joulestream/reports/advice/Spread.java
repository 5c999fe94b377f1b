// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalDouble;

/**
 * How a figure is spread over jobs. A percentile is always the figure of a job: the smallest that
 * at least this share of the jobs, or of their weight, is at or below (the inverse of the empirical
 * distribution; definition 1 of R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages,
 * The American Statistician 50, 1996).
 */
public final class Spread {
  /** Under so many jobs there are no percentiles, and no advice. */
  public static final int FEWEST = 5;

  private static final int WHOLE = 100;

  private final double[] values;
  // of all values up to this one
  private final double[] weights;

  private Spread(double[] values, double[] weights) {
    this.values = values;
    this.weights = weights;
  }

  /** Of values that all count the same. */
  public static Spread of(double[] values) {
    double[] ones = new double[values.length];
    Arrays.fill(ones, 1);
    return weighted(values, ones);
  }

  /**
   * Of values with weights, which are above 0.
   *
   * @throws IllegalArgumentException if the numbers of both differ, or a weight is 0 or below
   */
  public static Spread weighted(double[] values, double[] weights) {
    if (values.length != weights.length) {
      throw new IllegalArgumentException(
          "%d values with %d weights".formatted(values.length, weights.length));
    }
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> values[i]));
    double[] sorted = new double[values.length];
    double[] cumulative = new double[values.length];
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      double weight = weights[order[i]];
      if (!(weight > 0)) {
        throw new IllegalArgumentException("a weight of " + weight);
      }
      sum += weight;
      sorted[i] = values[order[i]];
      cumulative[i] = sum;
    }
    return new Spread(sorted, cumulative);
  }

  /** Number of values. */
  public int size() {
    return values.length;
  }

  /**
   * A percentile.
   *
   * @param percent from 0 to 100
   * @return empty under {@link #FEWEST} values
   */
  public OptionalDouble percentile(int percent) {
    return values.length < FEWEST ? OptionalDouble.empty() : OptionalDouble.of(at(percent));
  }

  /** The median, however few values there are. */
  double median() {
    return at(WHOLE / 2);
  }

  private double at(int percent) {
    double sought = weights[weights.length - 1] * percent;
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (weights[middle] * WHOLE >= sought) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return values[low];
  }
}
