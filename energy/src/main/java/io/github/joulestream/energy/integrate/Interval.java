// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import java.math.BigInteger;

/**
 * Energy between two neighbouring readings of a device, as a function of time that can be cut
 * anywhere. {@link #microjoulesTo} is an integer, never falls as time goes on, is 0 at the start
 * and all the energy at the end: so the pieces of any cut are never negative and always sum to the
 * energy of the interval, whatever else is cut.
 *
 * <p>Mutable, for a hot loop: one instance is set to one interval after the other. One thread.
 *
 * <p>Power in milliwatts times time in milliseconds is energy in microjoules.
 */
public final class Interval {
  // with these, 2*T*p*dt + dp*dt*dt stays under 2^63
  private static final long SAFE_MILLIS = 400_000;
  private static final long SAFE_MILLIWATTS = 20_000_000;

  private long fromMillis;
  private long toMillis;
  private long fromMilliwatts;
  private long toMilliwatts;
  private long counterMicrojoules;
  private boolean byCounter;

  /** Power runs straight from one reading to the other: the trapezoid. */
  public Interval ofPower(long fromMillis, long fromMilliwatts, long toMillis, long toMilliwatts) {
    if (toMillis <= fromMillis
        || toMillis - fromMillis <= 0
        || fromMilliwatts < 0
        || toMilliwatts < 0) {
      throw new IllegalArgumentException(
          "not an interval: %d ms at %d mW to %d ms at %d mW"
              .formatted(fromMillis, fromMilliwatts, toMillis, toMilliwatts));
    }
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
    this.fromMilliwatts = fromMilliwatts;
    this.toMilliwatts = toMilliwatts;
    this.byCounter = false;
    return this;
  }

  /**
   * A counter gives the energy, and the power at both ends its shape; uniform where both are equal.
   */
  public Interval ofCounter(
      long fromMillis,
      long fromMilliwatts,
      long toMillis,
      long toMilliwatts,
      long counterMicrojoules) {
    ofPower(fromMillis, fromMilliwatts, toMillis, toMilliwatts);
    if (counterMicrojoules < 0) {
      throw new IllegalArgumentException("counter difference is " + counterMicrojoules + " µJ");
    }
    this.counterMicrojoules = counterMicrojoules;
    this.byCounter = true;
    return this;
  }

  /** Energy from the start of the interval to {@code atMillis}, in microjoules. */
  public long microjoulesTo(long atMillis) {
    if (!byCounter) {
      return trapezoidTo(atMillis);
    }
    if (atMillis == toMillis) {
      return counterMicrojoules;
    }
    if (isSafe()) {
      long total = safeTrapezoidTo(toMillis);
      return total == 0
          ? scale(counterMicrojoules, atMillis - fromMillis, toMillis - fromMillis)
          : scale(counterMicrojoules, safeTrapezoidTo(atMillis), total);
    }
    // over a long time the power alone may be more than a long holds; what is counted is not
    BigInteger total = largeTrapezoidTo(toMillis);
    return total.signum() == 0
        ? scale(counterMicrojoules, atMillis - fromMillis, toMillis - fromMillis)
        : BigInteger.valueOf(counterMicrojoules)
            .multiply(largeTrapezoidTo(atMillis))
            .divide(total)
            .longValueExact();
  }

  /** All its energy, in microjoules. */
  public long microjoules() {
    return byCounter
        ? counterMicrojoules
        : isSafe()
            ? trapezoid(fromMilliwatts, toMilliwatts, toMillis - fromMillis)
            : microjoulesTo(toMillis);
  }

  private long trapezoidTo(long atMillis) {
    return isSafe() ? safeTrapezoidTo(atMillis) : largeTrapezoidTo(atMillis).longValueExact();
  }

  private boolean isSafe() {
    return toMillis - fromMillis <= SAFE_MILLIS
        && fromMilliwatts <= SAFE_MILLIWATTS
        && toMilliwatts <= SAFE_MILLIWATTS;
  }

  private long safeTrapezoidTo(long atMillis) {
    long elapsed = atMillis - fromMillis;
    long length = toMillis - fromMillis;
    long slope = toMilliwatts - fromMilliwatts;
    return (2 * length * fromMilliwatts * elapsed + slope * elapsed * elapsed) / (2 * length);
  }

  private BigInteger largeTrapezoidTo(long atMillis) {
    BigInteger elapsed = BigInteger.valueOf(atMillis - fromMillis);
    BigInteger twice = BigInteger.valueOf(toMillis - fromMillis).shiftLeft(1);
    return twice
        .multiply(BigInteger.valueOf(fromMilliwatts))
        .multiply(elapsed)
        .add(BigInteger.valueOf(toMilliwatts - fromMilliwatts).multiply(elapsed).multiply(elapsed))
        .divide(twice);
  }

  /** Energy by the power at both ends of a time, in microjoules: the trapezoid, rounded down. */
  public static long trapezoid(long fromMilliwatts, long toMilliwatts, long millis) {
    return (fromMilliwatts + toMilliwatts) * millis / 2;
  }

  /** {@code amount * share / of}, rounded down, without overflow; all are at least 0. */
  public static long scale(long amount, long share, long of) {
    if (Math.multiplyHigh(amount, share) == 0 && amount * share >= 0) {
      return amount * share / of;
    }
    return BigInteger.valueOf(amount)
        .multiply(BigInteger.valueOf(share))
        .divide(BigInteger.valueOf(of))
        .longValueExact();
  }
}
