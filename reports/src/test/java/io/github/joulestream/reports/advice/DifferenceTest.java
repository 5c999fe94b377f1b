// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private static final int ROUNDS = 300;

  private static double[] values(Random random, int n, double scale) {
    return random.doubles(n).map(x -> scale * Math.exp(0.2 * (x - 0.5))).toArray();
  }

  @Test
  void interval_holdsTheTruth_nearlyAlways() {
    Random random = new Random(7);
    int held = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Difference difference = Difference.between(values(random, 40, 2.1), values(random, 30, 1));
      assertThat(difference.ratio()).isCloseTo(2.1, Offset.offset(0.3));
      assertThat(difference.low()).isLessThanOrEqualTo(difference.ratio());
      assertThat(difference.high()).isGreaterThanOrEqualTo(difference.ratio());
      assertThat(difference.probability()).isLessThan(1e-6);
      held += difference.low() <= 2.1 && 2.1 <= difference.high() ? 1 : 0;
    }
    assertThat(held).isBetween(ROUNDS * 88 / 100, ROUNDS * 99 / 100);
  }

  @Test
  void manyValues_areThinnedEvenly() {
    Random random = new Random(3);
    Difference many = Difference.between(values(random, 50_000, 2), values(random, 50_000, 1));
    assertThat(many.ratio()).isCloseTo(2, Offset.offset(0.01));
    assertThat(many.low()).isBetween(1.95, 2.0);
    assertThat(many.high()).isBetween(2.0, 2.05);
  }

  @Test
  void sameGroups_haveTheSameIntervalEachTime() {
    double[] first = values(new Random(1), 9, 1);
    double[] second = values(new Random(2), 9, 1);
    assertThat(Difference.between(first, second)).isEqualTo(Difference.between(first, second));
    assertThatThrownBy(() -> Difference.between(first, new double[] {1, 2, 3, 4}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
