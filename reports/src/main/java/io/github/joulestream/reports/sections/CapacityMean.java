// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.store.history.CapacityStep;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Memory and storage of a site over a period: means of its hours, each by the number of sums that
 * it is of.
 */
final class CapacityMean {
  private final Map<String, Double> sums = new HashMap<>();
  private final Map<String, Double> weights = new HashMap<>();
  private int steps;
  private @Nullable CapacityStep last;

  void add(CapacityStep step) {
    steps++;
    double times = step.fields().getOrDefault("times", 1.0);
    step.fields()
        .forEach((field, value) -> {
          sums.merge(field, value * times, Double::sum);
          weights.merge(field, times, Double::sum);
        });
    if (last == null || step.hourStart() > last.hourStart()) {
      last = step;
    }
  }

  /** Number of hours. */
  int steps() {
    return steps;
  }

  /** Mean of a field over the hours that have it. */
  OptionalDouble mean(String field) {
    Double sum = sums.get(field);
    Double weight = weights.get(field);
    return sum == null || weight == null || weight <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(sum / weight);
  }

  /** A field of the last hour. */
  OptionalDouble last(String field) {
    Double value = last == null ? null : last.fields().get(field);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
