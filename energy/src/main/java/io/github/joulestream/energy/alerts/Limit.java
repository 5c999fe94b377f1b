// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.util.List;

/** A limit of power at any time, or of the energy of each period of the calendar. */
public sealed interface Limit permits PowerLimit, EnergyLimit {
  /** Limits above this are refused, in mW or mJ. */
  long MAX_MILLI = 1L << 60;

  /** What is limited. */
  Quantity quantity();

  /**
   * A limit without schedule and advice.
   *
   * @param milli mW of power, mJ of each period of energy
   */
  static Limit of(Quantity quantity, long milli) {
    return of(quantity, milli, List.of(), CapMode.NONE);
  }

  /**
   * A limit of these values.
   *
   * @param milli mW of power, mJ of each period of energy
   * @throws IllegalArgumentException if an energy has a schedule or advice on caps
   */
  static Limit of(Quantity quantity, long milli, List<Reduction> schedule, CapMode advice) {
    if (!quantity.isEnergy()) {
      return new PowerLimit(milli, schedule, advice);
    }
    if (!schedule.isEmpty() || advice != CapMode.NONE) {
      throw new IllegalArgumentException(
          "a schedule and advice on caps are for limits of power, not of energy");
    }
    return new EnergyLimit(quantity, milli);
  }

  /** The limit of power in mW, or the limit of energy in mJ, without the schedule. */
  default long milli() {
    return switch (this) {
      case PowerLimit power -> power.milliwatts();
      case EnergyLimit energy -> energy.millijoules();
    };
  }

  /** Lower limits at certain hours; none of energy. */
  default List<Reduction> schedule() {
    return switch (this) {
      case PowerLimit power -> power.schedule();
      case EnergyLimit _ -> List.of();
    };
  }

  /** How to advise on caps; not at all of energy. */
  default CapMode advice() {
    return switch (this) {
      case PowerLimit power -> power.advice();
      case EnergyLimit _ -> CapMode.NONE;
    };
  }
}
