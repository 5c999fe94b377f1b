// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
  private static final long SEED = Long.getLong("laws.seed", 5_021);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);

  @Test
  void percentile_isTheSmallestValueThatHoldsTheShare() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      int n = 5 + random.nextInt(40);
      double[] values = random.ints(n, 0, 20).asDoubleStream().toArray();
      double[] weights = random.ints(n, 1, 9).asDoubleStream().toArray();
      Spread spread = Spread.weighted(values, weights);
      double all = Arrays.stream(weights).sum();
      for (int percent : new int[] {5, 25, 50, 75, 95, 100}) {
        double value = spread.percentile(percent).orElseThrow();
        assertThat(at(values, weights, value, true) * 100).isGreaterThanOrEqualTo(all * percent);
        assertThat(at(values, weights, value, false) * 100).isLessThan(all * percent);
      }
    }
  }

  /** Weight of the values that are under another, or also those equal to it. */
  private static double at(double[] values, double[] weights, double limit, boolean andEqual) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] < limit || (andEqual && values[i] == limit) ? weights[i] : 0;
    }
    return sum;
  }

  @Test
  void weights_areAsRepetitions() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      double[] values = random.doubles(8).toArray();
      double[] weights = random.ints(8, 1, 5).asDoubleStream().toArray();
      double[] repeated = new double[(int) Arrays.stream(weights).sum()];
      int at = 0;
      for (int i = 0; i < values.length; i++) {
        for (int k = 0; k < weights[i]; k++) {
          repeated[at++] = values[i];
        }
      }
      for (int percent = 1; percent <= 100; percent++) {
        assertThat(Spread.weighted(values, weights).percentile(percent))
            .isEqualTo(Spread.of(repeated).percentile(percent));
      }
    }
  }

  @Test
  void fewerThanFive_haveNoPercentiles() {
    assertThat(Spread.of(new double[] {1, 2, 3, 4}).percentile(50)).isEmpty();
    assertThat(Spread.of(new double[] {1, 2, 3, 4, 5}).percentile(50)).hasValue(3);
    assertThat(Spread.of(new double[] {1, 2, 3, 4, 5}).percentile(5)).hasValue(1);
    assertThat(Spread.of(new double[] {1, 2, 3, 4, 5}).percentile(75)).hasValue(4);
    assertThat(Spread.of(new double[0]).size()).isZero();
  }

  @Test
  void weightOfNothing_isRefused() {
    assertThatThrownBy(() -> Spread.weighted(new double[] {1}, new double[] {0}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Spread.weighted(new double[] {1}, new double[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
