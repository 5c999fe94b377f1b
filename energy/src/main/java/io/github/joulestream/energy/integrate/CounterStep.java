// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import org.jspecify.annotations.Nullable;

/**
 * Energy between two readings of a cumulative counter, or why it is unknown.
 *
 * <p>Wraps: a RAPL package counter has 32 bits of 2^-16 J and wraps after 65,536 J, which is 218 s
 * at 300 W (Intel SDM vol. 3B, 15.10.1; {@code max_energy_range_uj} in Linux' powercap). The number
 * of wraps follows from the power.
 *
 * <p>Mutable, for a hot loop: one instance is set to one step after the other. One thread.
 */
public final class CounterStep {
  /** What happened to the counter. */
  public enum Event {
    /** Nothing: it counted. */
    NONE,
    /** It passed its modulus, once or more. */
    WRAPPED,
    /** It began anew: another epoch. */
    RESET,
    /** It fell without a new epoch. */
    FELL,
    /** It rose by more than the device can consume. */
    JUMPED
  }

  /** 10 GW for two days: more is no step of any counter, and the sum of a few still is a long. */
  static final long MAX_MICROJOULES = Long.MAX_VALUE / 4;

  // of the device that was asked for last: a batch has several steps of each
  private @Nullable Device limitedDevice;
  private double ceilingMilliwatts;

  private long microjoules;
  private boolean certain;
  private Event event = Event.NONE;

  /**
   * Sets it to the step between two readings.
   *
   * @param device as it was at the second reading
   * @param sameEpoch whether both readings are of one life of the counter
   * @param before the counter at the first, µJ, or {@code Readings.MISSING}
   * @param after the counter at the second, µJ, or {@code Readings.MISSING}
   * @param millis time between them
   * @param expectedMicrojoules energy by power, or {@code Readings.MISSING}
   */
  public CounterStep set(
      Device device,
      boolean sameEpoch,
      long before,
      long after,
      long millis,
      long expectedMicrojoules) {
    microjoules = MISSING;
    certain = true;
    event = Event.NONE;
    if (before == MISSING || after == MISSING) {
      return this;
    }
    if (!sameEpoch) {
      event = Event.RESET;
      return this;
    }
    // what it can consume in this time, in microjoules; as a double, for it may be any time
    double most = Math.min(ceilingMilliwatts(device) * millis, (double) MAX_MICROJOULES);
    long wrap = device.counterWrapMicrojoules();
    long difference = after - before;
    if (wrap == 0) {
      if (difference < 0) {
        event = Event.FELL;
      } else if (difference > most) {
        event = Event.JUMPED;
      } else {
        microjoules = difference;
      }
      return this;
    }
    if (before >= wrap || after >= wrap) {
      event = Event.JUMPED; // no counter of this modulus shows such a value
      return this;
    }
    long least = difference < 0 ? difference + wrap : difference;
    if (least > most) {
      event = difference < 0 ? Event.FELL : Event.JUMPED;
      return this;
    }
    long further = (long) ((most - least) / wrap);
    if (further == 0) {
      microjoules = least;
    } else {
      choose(least, wrap, further, expectedMicrojoules);
    }
    if (microjoules != difference) {
      event = Event.WRAPPED;
    }
    return this;
  }

  @SuppressWarnings("ReferenceEquality") // the same object from batch to batch
  private double ceilingMilliwatts(Device device) {
    if (device != limitedDevice) {
      limitedDevice = device;
      ceilingMilliwatts = Plausibility.ceilingMilliwatts(device);
    }
    return ceilingMilliwatts;
  }

  /** Of several numbers of wraps the one that fits the power best; certain if no other fits. */
  private void choose(long least, long wrap, long further, long expected) {
    if (expected == MISSING) {
      microjoules = least;
      certain = false;
      return;
    }
    long wraps = Math.clamp(Math.round((double) (expected - least) / wrap), 0, further);
    microjoules = least + wraps * wrap;
    // two readings of power can be off by half of the energy between them
    double tolerance = expected / 2.0;
    certain =
        Math.abs(microjoules - expected) <= tolerance
            && (double) microjoules + wrap - expected > tolerance
            && (wraps == 0 || expected - (microjoules - wrap) > tolerance);
  }

  /** The energy, µJ, or {@code Readings.MISSING} if it is unknown. */
  public long microjoules() {
    return microjoules;
  }

  /** False if another number of wraps would fit as well. */
  public boolean certain() {
    return certain;
  }

  public Event event() {
    return event;
  }
}
