// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.util.Collection;
import java.util.List;

/** Of a few figures. */
final class Statistics {
  private Statistics() {}

  static double median(Collection<Double> values) {
    return percentile(values, 50);
  }

  /** The value that so many hundredths do not exceed; NaN of nothing. */
  static double percentile(Collection<Double> values, int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int half = sorted.size() / 2;
    if (percent == 50 && sorted.size() % 2 == 0) {
      return (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
    return sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1);
  }

  static double mean(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
