// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * A limit of the energy of each period of the calendar.
 *
 * @param quantity which period; not {@link Quantity#POWER}
 * @param millijoules the limit of each period
 */
public record EnergyLimit(Quantity quantity, long millijoules) implements Limit {

  /**
   * A limit of energy.
   *
   * @throws IllegalArgumentException with one line for a person that names what is wrong with it
   */
  public EnergyLimit {
    if (!quantity.isEnergy()) {
      throw new IllegalArgumentException("a limit of energy needs a period");
    }
    checkMilli(millijoules);
  }

  static void checkMilli(long milli) {
    if (milli <= 0 || milli > MAX_MILLI) {
      throw new IllegalArgumentException(
          "the limit is %d, and must be over 0 and below 2^60".formatted(milli));
    }
  }
}
