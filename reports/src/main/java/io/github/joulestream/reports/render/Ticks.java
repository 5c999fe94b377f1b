// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Round values along an axis, at steps of 1, 2 or 5 times a power of ten.
 *
 * @param first the lowest
 * @param step from one to the next
 * @param count how many
 */
record Ticks(BigDecimal first, BigDecimal step, int count) {
  private static final BigDecimal LARGE = BigDecimal.valueOf(10_000_000);
  private static final BigDecimal SMALL = new BigDecimal("0.00001");

  /** From at most min to at least max, and never of no length. */
  static Ticks over(double min, double max, int steps) {
    double length = max - min;
    if (!(length > 0) || Double.isInfinite(length)) {
      return over(Math.min(min, 0), Math.min(min, 0) + 1, steps);
    }
    double rough = length / steps;
    int exponent = (int) Math.floor(Math.log10(rough));
    double leading = rough / Math.pow(10, exponent);
    int digit = leading <= 1.0001 ? 1 : leading <= 2.0001 ? 2 : leading <= 5.0001 ? 5 : 10;
    BigDecimal step = BigDecimal.valueOf(digit).scaleByPowerOfTen(exponent);
    BigDecimal first = BigDecimal.valueOf(min).divide(step, 0, RoundingMode.FLOOR);
    BigDecimal last = BigDecimal.valueOf(max).divide(step, 0, RoundingMode.CEILING);
    return new Ticks(first.multiply(step), step, last.subtract(first).intValueExact() + 1);
  }

  List<BigDecimal> values() {
    List<BigDecimal> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(first.add(step.multiply(BigDecimal.valueOf(i))));
    }
    return values;
  }

  double min() {
    return first.doubleValue();
  }

  double max() {
    return first.add(step.multiply(BigDecimal.valueOf(count - 1L))).doubleValue();
  }

  /** As it is written at the axis: decimals as the step has, thousands apart. */
  String label(BigDecimal value) {
    boolean large = value.abs().compareTo(LARGE) >= 0;
    if (large || step.compareTo(SMALL) < 0) {
      return Scaled.plainOrPower(value);
    }
    int decimals = Math.max(0, step.stripTrailingZeros().scale());
    return Scaled.digits(value.setScale(decimals, RoundingMode.HALF_UP));
  }
}
