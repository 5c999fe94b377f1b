// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * A sum of whole numbers, and of products of two, in 128 bits: exact, so that it does not depend on
 * the order of what is added. A year of a gigawatt is 3.2e19 mJ, which 64 bits do not hold.
 */
public final class ExactSum {
  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);

  private long high;
  private long low;

  /**
   * A sum of its two halves.
   *
   * @param high upper 64 bits, with the sign
   * @param low lower 64 bits, without a sign
   */
  public static ExactSum of(long high, long low) {
    ExactSum sum = new ExactSum();
    sum.high = high;
    sum.low = low;
    return sum;
  }

  /** A sum of a number alone. */
  public static ExactSum of(long value) {
    ExactSum sum = new ExactSum();
    sum.add(value);
    return sum;
  }

  /** Adds a number. */
  public void add(long value) {
    add(value < 0 ? -1 : 0, value);
  }

  /** Adds a product. */
  public void addProduct(long a, long b) {
    add(Math.multiplyHigh(a, b), a * b);
  }

  /** Adds another sum. */
  public void add(ExactSum other) {
    add(other.high, other.low);
  }

  /** Takes another sum away. */
  public void subtract(ExactSum other) {
    long difference = low - other.low;
    long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
    long differenceHigh = high - other.high - borrow;
    // signs differ, and the difference has not the sign of what it was taken from
    if (((high ^ other.high) & (high ^ differenceHigh)) < 0) {
      throw new ArithmeticException("a difference over 128 bits");
    }
    low = difference;
    high = differenceHigh;
  }

  private void add(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    long carry = Long.compareUnsigned(sum, otherLow) < 0 ? 1 : 0;
    long sumHigh = high + otherHigh + carry;
    // the sign of the sum differs from the one that both have
    if (((high ^ sumHigh) & (otherHigh ^ sumHigh)) < 0) {
      throw new ArithmeticException("a sum over 128 bits");
    }
    low = sum;
    high = sumHigh;
  }

  public boolean isZero() {
    return (high | low) == 0;
  }

  /** -1, 0 or 1. */
  public int signum() {
    return high < 0 ? -1 : isZero() ? 0 : 1;
  }

  /** The sum. */
  public BigInteger value() {
    BigInteger unsignedLow = BigInteger.valueOf(low);
    if (low < 0) {
      unsignedLow = unsignedLow.add(TWO_64);
    }
    return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(unsignedLow);
  }

  /** The sum over a divisor, rounded half up to a number of decimal places. */
  public BigDecimal dividedBy(BigInteger divisor, int scale) {
    return new BigDecimal(value()).divide(new BigDecimal(divisor), scale, RoundingMode.HALF_UP);
  }

  /** The nearest double. */
  public double doubleValue() {
    return value().doubleValue();
  }

  /** A copy. */
  public ExactSum copy() {
    ExactSum copy = new ExactSum();
    copy.high = high;
    copy.low = low;
    return copy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactSum that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * high + low);
  }

  @Override
  public String toString() {
    return value().toString();
  }
}
