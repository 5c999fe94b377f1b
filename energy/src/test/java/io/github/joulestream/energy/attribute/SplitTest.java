// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static final long SEED = 77;

  @Test
  void whatRemains_goesToTheLargestFractions() {
    long[] parts = new long[3];
    // exact shares of 10: 3.3, 3.3, 3.4
    Split.largestRemainder(10, new int[] {33, 33, 34}, parts);
    assertThat(parts).containsExactly(3, 3, 4);
    // of equal fractions the first
    Split.largestRemainder(11, new int[] {1, 1, 1}, parts);
    assertThat(parts).containsExactly(4, 4, 3);
    Split.largestRemainder(0, new int[] {1, 1, 1}, parts);
    assertThat(parts).containsExactly(0, 0, 0);
  }

  /** Law: parts sum to the whole, and none is off its exact share by one or more. */
  @Test
  void partsSumToTheWhole_andAreWithinOne() {
    System.out.println("SplitTest seed " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 50_000; i++) {
      int[] weights = new int[1 + random.nextInt(9)];
      long sum = 0;
      for (int j = 0; j < weights.length; j++) {
        weights[j] = random.nextInt(3) == 0 ? 0 : random.nextInt(10_001);
        sum += weights[j];
      }
      if (sum == 0) {
        weights[0] = 1;
        sum = 1;
      }
      long amount = random.nextLong(random.nextBoolean() ? 50 : 10_000_000_000L);
      long[] parts = new long[weights.length + 1];
      Split.largestRemainder(amount, weights, parts);
      long total = 0;
      for (int j = 0; j < weights.length; j++) {
        total += parts[j];
        assertThat(parts[j] * sum - amount * weights[j]).isBetween(-sum + 1, sum - 1);
      }
      assertThat(total).isEqualTo(amount);
    }
  }
}
