// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.integrate.Interval;
import org.jspecify.annotations.Nullable;

/**
 * The energy of one device from one time to another, as {@link SegmentBooker} books it. Mutable,
 * for the hot path: a node has one, which is set to one interval after the other.
 */
final class IntervalEnergy {
  private final Interval interval = new Interval();
  private @Nullable Device device;
  private long fromMillis;
  private long toMillis;
  private long utilisationBasisPoints;
  private long usedBytes;
  private Quality quality = Quality.MEASURED;
  private boolean ofJobsOnly;

  /**
   * Begins an interval between two samples; {@link #measure} sets its energy.
   *
   * @param device as it is at the second sample
   * @param utilisationBasisPoints at the second sample, or MISSING
   * @param usedBytes at the second sample, or MISSING
   */
  void between(
      long fromMillis, long toMillis, Device device, long utilisationBasisPoints, long usedBytes) {
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
    this.device = device;
    this.utilisationBasisPoints = utilisationBasisPoints;
    this.usedBytes = usedBytes;
    this.ofJobsOnly = false;
  }

  /**
   * Sets the energy: by the counter if that is known; else by the trapezoid of both powers; else,
   * if only one power is known, by that one.
   *
   * <p>MEASURED is a certain step of the counter, unless it spans a gap in which the shares change;
   * and power over no more than {@link Limits#gapMillis}, unless a counter beside it is faulty.
   *
   * @param fromMilliwatts power at the first sample, or MISSING
   * @param toMilliwatts power at the second sample, or MISSING
   * @param ahead whether the clock of one of both samples is ahead
   * @return false if the energy is unknown: a long gap, or no power
   */
  boolean measure(
      long fromMilliwatts,
      long toMilliwatts,
      boolean ahead,
      CounterEnergy counted,
      Limits limits,
      Shares shares) {
    long length = toMillis - fromMillis;
    boolean powers = fromMilliwatts != MISSING && toMilliwatts != MISSING;
    boolean isGap = length > limits.gapMillis();
    boolean measured;
    if (counted.isKnown()) {
      // over a gap the sum is measured, but not how much of it was used before an edge of the
      // shares
      measured = counted.isCertain() && !(isGap && shares.changesWithin(fromMillis, toMillis));
      interval.ofCounter(
          fromMillis,
          powers ? fromMilliwatts : 0,
          toMillis,
          powers ? toMilliwatts : 0,
          counted.microjoules());
    } else if (length > limits.longGapMillis()) {
      return false;
    } else if (powers) {
      measured = !isGap && !counted.isFaulty();
      interval.ofPower(fromMillis, fromMilliwatts, toMillis, toMilliwatts);
    } else {
      // the counter was reset and only one end has a power
      long held = fromMilliwatts != MISSING ? fromMilliwatts : toMilliwatts;
      if (held == MISSING) {
        return false;
      }
      measured = false;
      interval.ofPower(fromMillis, held, toMillis, held);
    }
    quality =
        device().source() == PowerSource.MODELLED
            ? Quality.MODELLED
            : measured && !ahead ? Quality.MEASURED : Quality.ESTIMATED;
    return true;
  }

  /** Sets it to the power of one sample, of jobs only: the rest of the device was not measured. */
  void hold(long startMillis, long endMillis, Sample at) {
    between(startMillis, endMillis, at.device(), at.utilisationBasisPoints(), at.usedBytes());
    interval.ofPower(startMillis, at.milliwatts(), endMillis, at.milliwatts());
    quality = at.device().source() == PowerSource.MODELLED ? Quality.MODELLED : Quality.ESTIMATED;
    ofJobsOnly = true;
  }

  /** Energy from the start of the interval to a time, µJ. */
  long microjoulesTo(long atMillis) {
    return interval.microjoulesTo(atMillis);
  }

  /** All its energy, µJ. */
  long microjoules() {
    return interval.microjoules();
  }

  Device device() {
    return requireNonNull(device, "an interval without a device");
  }

  long fromMillis() {
    return fromMillis;
  }

  long toMillis() {
    return toMillis;
  }

  long utilisationBasisPoints() {
    return utilisationBasisPoints;
  }

  long usedBytes() {
    return usedBytes;
  }

  Quality quality() {
    return quality;
  }

  /** True if only the shares of jobs are booked, and nothing as idle. */
  boolean isOfJobsOnly() {
    return ofJobsOnly;
  }
}
