// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import java.util.Arrays;

/**
 * The curve that never falls and is nearest to given values by weighted squares: pool adjacent
 * violators (M. Ayer et al., The Annals of Mathematical Statistics 26, 1955).
 */
final class Rising {
  private Rising() {}

  /** Values of the curve at the same places. */
  static double[] through(double[] values, double[] weights) {
    double[] means = new double[values.length];
    double[] sums = new double[values.length];
    int[] ends = new int[values.length];
    int blocks = 0;
    for (int i = 0; i < values.length; i++) {
      means[blocks] = values[i];
      sums[blocks] = weights[i];
      ends[blocks] = i + 1;
      blocks++;
      while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
        double weight = sums[blocks - 2] + sums[blocks - 1];
        means[blocks - 2] =
            (means[blocks - 2] * sums[blocks - 2] + means[blocks - 1] * sums[blocks - 1]) / weight;
        sums[blocks - 2] = weight;
        ends[blocks - 2] = ends[blocks - 1];
        blocks--;
      }
    }
    double[] curve = new double[values.length];
    int from = 0;
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(curve, from, ends[block], means[block]);
      from = ends[block];
    }
    return curve;
  }
}
