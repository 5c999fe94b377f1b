// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankTestTest {
  @Test
  void groupsApart_haveTheLeastProbability() {
    for (int first = 1; first <= 6; first++) {
      for (int second = 1; second <= 6; second++) {
        double[] low = new double[first];
        double[] high = new double[second];
        Arrays.setAll(low, i -> i);
        Arrays.setAll(high, i -> 100 + i);
        assertThat(RankTest.probability(low, high))
            .as("%d and %d", first, second)
            .isCloseTo(RankTest.leastProbability(first, second), within(1e-12));
      }
    }
    assertThat(RankTest.leastProbability(1, 1)).isEqualTo(1);
    assertThat(RankTest.leastProbability(3, 3)).isCloseTo(0.1, within(1e-12));
    assertThat(RankTest.leastProbability(4, 4)).isCloseTo(2 / 70.0, within(1e-12));
  }

  /** Every choice of the first group among all values, one by one. */
  @Test
  void exact_isTheShareOfAllDivisions_withTies() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      double[] first = values(random, 1 + random.nextInt(5));
      double[] second = values(random, 1 + random.nextInt(5));
      assertThat(RankTest.probability(first, second))
          .as("%s and %s", Arrays.toString(first), Arrays.toString(second))
          .isCloseTo(byAllDivisions(first, second), within(1e-12));
    }
  }

  private static double[] values(Random random, int size) {
    // few different values, so that there are ties
    return random.ints(size, 0, 7).asDoubleStream().toArray();
  }

  private static double byAllDivisions(double[] first, double[] second) {
    double[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    double observed = Math.abs(distance(all, (1 << first.length) - 1));
    int far = 0;
    int divisions = 0;
    for (int chosen = 0; chosen < 1 << all.length; chosen++) {
      if (Integer.bitCount(chosen) == first.length) {
        divisions++;
        far += Math.abs(distance(all, chosen)) >= observed - 1e-9 ? 1 : 0;
      }
    }
    return (double) far / divisions;
  }

  /** Pairs in which the chosen is above less those in which it is below, ties counting half. */
  private static double distance(double[] all, int chosen) {
    double distance = 0;
    for (int i = 0; i < all.length; i++) {
      for (int j = 0; j < all.length; j++) {
        if ((chosen >> i & 1) == 1 && (chosen >> j & 1) == 0) {
          distance += Math.signum(all[i] - all[j]);
        }
      }
    }
    return distance;
  }

  @Test
  void manyValues_areByTheNormalDistribution_nearTheExact() {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      double shift = random.nextDouble(0, 1);
      double[] first = random.doubles(25).toArray();
      double[] second = random.doubles(25).map(value -> value + shift).toArray();
      double exact = RankTest.probability(first, second);
      // one more far away value in each group changes the test little, and makes it approximate
      double[] more = Arrays.copyOf(first, 26);
      more[25] = first[0];
      double approximate = RankTest.probability(more, second);
      assertThat(approximate).isBetween(exact / 3 - 0.02, exact * 3 + 0.08);
    }
  }

  @Test
  void upperTail_isThatOfTheNormalDistribution() {
    // M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2
    assertThat(RankTest.upperTail(1)).isCloseTo(0.158655253931457, within(1e-14));
    assertThat(RankTest.upperTail(1.959963984540054)).isCloseTo(0.025, within(1e-14));
    assertThat(RankTest.upperTail(3)).isCloseTo(1.349898031630095e-3, within(1e-14));
    assertThat(RankTest.upperTail(3.0000001)).isCloseTo(1.349898031630095e-3, within(1e-8));
    assertThat(RankTest.upperTail(5)).isCloseTo(2.866515718791939e-7, within(1e-17));
  }

  @Test
  void equalValues_areNoDifference() {
    assertThat(RankTest.probability(new double[] {2, 2, 2}, new double[] {2, 2})).isEqualTo(1);
    double[] many = new double[60];
    Arrays.fill(many, 2);
    assertThat(RankTest.probability(many, many)).isEqualTo(1);
  }

  @Test
  void anEmptyGroup_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RankTest.probability(new double[0], new double[] {1}));
  }
}
