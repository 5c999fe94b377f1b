// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * Properties of a device's energy counter.
 *
 * @param epoch changes when the counter starts again (driver reload, reboot)
 * @param wrapMicrojoules the counter's modulus, or 0 if it does not wrap
 */
public record EnergyCounter(long epoch, long wrapMicrojoules) {
  /** A counter that does not wrap, in its first epoch. */
  public static final EnergyCounter FIRST = new EnergyCounter(0, 0);

  public EnergyCounter {
    Bounds.count(wrapMicrojoules, Bounds.COUNTER_WRAP_MICROJOULES, "modulus of a counter, uJ");
  }
}
