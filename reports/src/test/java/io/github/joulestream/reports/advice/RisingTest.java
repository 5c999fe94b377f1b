// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RisingTest {
  private static final long SEED = Long.getLong("laws.seed", 5_021);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);

  /** The formula of R. E. Barlow et al., 1972: the highest of the lowest means around a place. */
  private static double slowly(double[] values, double[] weights, int at) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int from = 0; from <= at; from++) {
      double lowest = Double.POSITIVE_INFINITY;
      double sum = 0;
      double weight = 0;
      for (int to = from; to < values.length; to++) {
        sum += values[to] * weights[to];
        weight += weights[to];
        lowest = to >= at ? Math.min(lowest, sum / weight) : lowest;
      }
      highest = Math.max(highest, lowest);
    }
    return highest;
  }

  @Test
  void curve_isTheOneOfTheFormula() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      int n = 1 + random.nextInt(12);
      double[] values = random.doubles(n, -1, 1).toArray();
      double[] weights = random.doubles(n, 0.5, 3).toArray();
      double[] curve = Rising.through(values, weights);
      for (int i = 0; i < n; i++) {
        assertThat(curve[i]).isCloseTo(slowly(values, weights, i), Offset.offset(1e-12));
      }
    }
  }
}
