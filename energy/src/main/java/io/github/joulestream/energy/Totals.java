// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * A vector of amounts, one per constant of {@code A}. Mutable, so that a hot loop can add without
 * making garbage; one thread at a time. Adding is exact, or fails: an overflow throws. All amounts
 * add up, except the {@linkplain DeviceAmount#isPeak peaks} of devices, of which the highest
 * counts.
 */
@SuppressWarnings("EnumOrdinal") // WireTest compares the order with the fields of the schemas
public final class Totals<A extends Enum<A>> {
  // an enum copies its constants for everybody who asks
  private static final int JOB_AMOUNTS = JobAmount.values().length;
  private static final int SITE_AMOUNTS = SiteAmount.values().length;
  private static final int DEVICE_AMOUNTS = DeviceAmount.values().length;

  private final Class<A> amounts;
  private final long[] values;
  // amounts before this position add up, of the others the highest counts
  private final int sums;
  private long mark;

  private Totals(Class<A> amounts, long[] values) {
    this.amounts = requireNonNull(amounts, "amounts is null");
    this.values = values;
    this.sums = amounts == DeviceAmount.class ? DeviceAmount.sums() : values.length;
  }

  /** All zero. */
  public static Totals<JobAmount> ofJob() {
    return new Totals<>(JobAmount.class, new long[JOB_AMOUNTS]);
  }

  /** All zero. */
  public static Totals<SiteAmount> ofSite() {
    return new Totals<>(SiteAmount.class, new long[SITE_AMOUNTS]);
  }

  /** All zero. */
  public static Totals<DeviceAmount> ofDevice() {
    return new Totals<>(DeviceAmount.class, new long[DEVICE_AMOUNTS]);
  }

  public long get(A amount) {
    return values[amount.ordinal()];
  }

  /** The amount at this position of the enum; for codecs. */
  public long get(int ordinal) {
    return values[ordinal];
  }

  public Totals<A> add(A amount, long value) {
    values[amount.ordinal()] = Math.addExact(values[amount.ordinal()], value);
    return this;
  }

  /** Raises a peak to this value, if it is lower. */
  public void raise(A peak, long value) {
    values[peak.ordinal()] = Math.max(values[peak.ordinal()], value);
  }

  public void set(A amount, long value) {
    values[amount.ordinal()] = value;
  }

  /** Sets the amount at this position of the enum; for codecs. */
  public void set(int ordinal, long value) {
    values[ordinal] = value;
  }

  /**
   * Marks it; false if it has this mark already. A mark is no amount: {@link #save} callers find by
   * it which totals they have saved.
   */
  public boolean mark(long newMark) {
    boolean isNew = mark != newMark;
    mark = newMark;
    return isNew;
  }

  /** Copies all amounts to {@code to}, from {@code at} on. */
  public void save(long[] to, int at) {
    System.arraycopy(values, 0, to, at, values.length);
  }

  /** Sets all amounts to those that {@link #save} copied. */
  public void restore(long[] from, int at) {
    System.arraycopy(from, at, values, 0, values.length);
  }

  /**
   * Adds {@code sign} times every amount of {@code other}. Peaks are raised to those of {@code
   * other}, whatever the sign: what was the highest once cannot be taken back.
   */
  public Totals<A> addAll(Totals<A> other, int sign) {
    for (int i = 0; i < sums; i++) {
      values[i] = Math.addExact(values[i], sign * other.values[i]);
    }
    for (int i = sums; i < values.length; i++) {
      values[i] = Math.max(values[i], other.values[i]);
    }
    return this;
  }

  public Totals<A> addAll(Totals<A> other) {
    return addAll(other, 1);
  }

  /**
   * As {@link #addAll}, for where no record can be refused: an amount that overflows stays at the
   * highest or lowest number.
   */
  public Totals<A> addAllSaturated(Totals<A> other) {
    for (int i = 0; i < sums; i++) {
      long sum = values[i] + other.values[i];
      // both have the sign that the sum does not have
      boolean overflows = ((values[i] ^ sum) & (other.values[i] ^ sum)) < 0;
      values[i] = overflows ? sum < 0 ? Long.MAX_VALUE : Long.MIN_VALUE : sum;
    }
    for (int i = sums; i < values.length; i++) {
      values[i] = Math.max(values[i], other.values[i]);
    }
    return this;
  }

  public boolean isZero() {
    for (long value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** True if all amounts that add up are zero, whatever the peaks are. */
  public boolean areSumsZero() {
    for (int i = 0; i < sums; i++) {
      if (values[i] != 0) {
        return false;
      }
    }
    return true;
  }

  public void clear() {
    Arrays.fill(values, 0);
  }

  public int size() {
    return values.length;
  }

  public Totals<A> copy() {
    return new Totals<>(amounts, values.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Totals<?> that
        && amounts == that.amounts
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (A amount : amounts.getEnumConstants()) {
      if (get(amount) != 0) {
        text.append(text.length() == 1 ? "" : ", ").append(amount).append('=').append(get(amount));
      }
    }
    return text.append('}').toString();
  }
}
