// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private static final long SEED = Long.getLong("laws.seed", 20_061);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long[] EDGES = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, 1L << 32, -(1L << 32)
  };

  private final Random random = new Random(SEED);

  private long number() {
    return random.nextInt(4) == 0
        ? EDGES[random.nextInt(EDGES.length)]
        : random.nextLong() >> random.nextInt(Long.SIZE);
  }

  /** Adding, taking away and products, against whole numbers without a limit. */
  @Test
  void anyOperations_areThoseOfWholeNumbers() {
    for (int round = 0; round < ROUNDS; round++) {
      ExactSum sum = new ExactSum();
      BigInteger expected = BigInteger.ZERO;
      for (int i = 0; i < 12; i++) {
        long a = number();
        // a few products of at most 2^125 fit
        long b = number() >> 4;
        switch (random.nextInt(4)) {
          case 0 -> {
            sum.add(a);
            expected = expected.add(BigInteger.valueOf(a));
          }
          case 1 -> {
            sum.addProduct(a, b);
            expected = expected.add(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)));
          }
          case 2 -> {
            ExactSum other = product(a, b);
            sum.add(other);
            expected = expected.add(other.value());
          }
          default -> {
            ExactSum other = product(a, b);
            sum.subtract(other);
            expected = expected.subtract(other.value());
          }
        }
        assertThat(sum.value()).as("seed %d, round %d", SEED, round).isEqualTo(expected);
        assertThat(sum.signum()).isEqualTo(expected.signum());
        assertThat(sum.isZero()).isEqualTo(expected.signum() == 0);
        assertThat(sum.doubleValue()).isEqualTo(expected.doubleValue());
        assertThat(sum).hasToString(expected.toString());
        BigInteger divisor = BigInteger.valueOf(random.nextLong(1, Long.MAX_VALUE));
        assertThat(sum.dividedBy(divisor, 3))
            .isEqualTo(
                new BigDecimal(expected).divide(new BigDecimal(divisor), 3, RoundingMode.HALF_UP));
      }
      assertThat(sum.copy()).isEqualTo(sum).hasSameHashCodeAs(sum);
    }
  }

  private static ExactSum product(long a, long b) {
    ExactSum sum = new ExactSum();
    sum.addProduct(a, b);
    return sum;
  }

  @Test
  void aYearOfAGigawatt_fits() {
    ExactSum sum = new ExactSum();
    for (int hour = 0; hour < 8_760; hour++) {
      sum.add(3_600_000_000_000_000L);
    }
    assertThat(sum.value()).isEqualTo(new BigInteger("31536000000000000000"));
  }

  @Test
  void halves_areRoundedAwayFromZero() {
    assertThat(product(1, 5).dividedBy(BigInteger.TEN, 0)).isEqualByComparingTo("1");
    assertThat(product(-1, 5).dividedBy(BigInteger.TEN, 0)).isEqualByComparingTo("-1");
    assertThat(product(1, 4).dividedBy(BigInteger.TEN, 0)).isEqualByComparingTo("0");
  }

  @Test
  void over128Bits_itIsRefused() {
    ExactSum most = product(Long.MIN_VALUE, Long.MIN_VALUE);
    ExactSum least = product(Long.MIN_VALUE, Long.MAX_VALUE);
    assertThatThrownBy(() -> most.add(most)).isInstanceOf(ArithmeticException.class);
    ExactSum belowZero = least.copy();
    belowZero.add(least);
    assertThatThrownBy(() -> belowZero.add(least)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> belowZero.subtract(most)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> most.subtract(belowZero)).isInstanceOf(ArithmeticException.class);
    // what was refused has changed nothing
    assertThat(most).isEqualTo(product(Long.MIN_VALUE, Long.MIN_VALUE));
  }

  @Test
  void sums_areEqualByValue() {
    assertThat(product(3, 4)).isEqualTo(product(2, 6)).isNotEqualTo(product(2, 5));
    assertThat(product(1L << 62, 4)).isNotEqualTo(product(0, 0));
  }

  @Test
  void aCopy_isOnItsOwn() {
    ExactSum sum = product(2, 3);
    ExactSum copy = sum.copy();
    sum.add(1);
    assertThat(copy).isEqualTo(product(2, 3));
  }
}
