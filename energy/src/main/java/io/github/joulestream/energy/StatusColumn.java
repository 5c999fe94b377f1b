// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import org.jspecify.annotations.Nullable;

/**
 * What a device reports of its state besides power, energy and utilisation. Agents sample it at a
 * slower pace than power. The order is the order of the bits on the wire; it never changes, and new
 * columns come last.
 *
 * <p>A column that counts something holds what was counted since the device's status before, so
 * that all statuses of a device add up.
 */
public enum StatusColumn {
  /** Temperature of a GPU, drive or processor package, tenths of a degree Celsius. */
  TEMPERATURE_DECIDEGREES(-1_000, 2_500),
  /** Temperature of a GPU's memory, tenths of a degree Celsius. */
  MEMORY_TEMPERATURE_DECIDEGREES(-1_000, 2_500),
  /** Clock of a GPU's streaming multiprocessors (its shaders), MHz. */
  SM_CLOCK_MEGAHERTZ(0, 100_000),
  /** Clock of a GPU's memory, MHz. */
  MEMORY_CLOCK_MEGAHERTZ(0, 100_000),
  /** Power limit in force, mW; the limit that a device is built for is in its description. */
  POWER_LIMIT_MILLIWATTS(0, Bounds.POWER_LIMIT_MILLIWATTS),
  /** Why its clocks are lowered now: bits of {@link ThrottleReason}; 0 if they are not. */
  THROTTLE_REASONS(0, 0xff),
  /** Speed of its fan, basis points (1/10,000) of its full speed. */
  FAN_BASIS_POINTS(0, 30_000),
  /** Memory errors that ECC corrected, since the status before. */
  ECC_CORRECTED_ERRORS(0, Bounds.STATUS_COUNT),
  /** Memory errors that ECC could not correct, since the status before. */
  ECC_UNCORRECTED_ERRORS(0, Bounds.STATUS_COUNT),
  /** Errors that NVIDIA's driver reported (XID), since the status before. */
  XID_ERRORS(0, Bounds.STATUS_COUNT),
  /** Code of the last of these XID errors. */
  LAST_XID(0, 1_000_000),
  /** Bytes received over PCIe, since the status before. */
  PCIE_RECEIVED_BYTES(0, Bounds.STATUS_COUNT),
  /** Bytes sent over PCIe, since the status before. */
  PCIE_SENT_BYTES(0, Bounds.STATUS_COUNT),
  /** Bytes received over NVLink, since the status before. */
  NVLINK_RECEIVED_BYTES(0, Bounds.STATUS_COUNT),
  /** Bytes sent over NVLink, since the status before. */
  NVLINK_SENT_BYTES(0, Bounds.STATUS_COUNT),
  /**
   * Wear of a drive, basis points (1/10,000) of the endurance it is built for; may exceed 10,000.
   */
  WEAR_BASIS_POINTS(0, 30_000),
  /** Water that a site's meter measured, ml, since the status before. */
  WATER_MILLILITRES(0, Bounds.WATER_MILLILITRES);

  private static final StatusColumn[] ALL = values();

  private final long min;
  private final long max;

  StatusColumn(long min, long max) {
    this.min = min;
    this.max = max;
  }

  /** Number of columns. */
  public static int count() {
    return ALL.length;
  }

  /** The column at this position of a status on the wire. */
  public static StatusColumn at(int position) {
    return ALL[position];
  }

  /** Its position in a status on the wire: bit {@code 1 << position}. */
  @SuppressWarnings("EnumOrdinal") // StatusColumnTest holds the order
  public int position() {
    return ordinal();
  }

  /** Why a value is refused, or null if it is plausible. */
  public @Nullable SiteAmount refusal(long value) {
    if (value < min) {
      return SiteAmount.REFUSED_NEGATIVE;
    }
    return value > max ? SiteAmount.REFUSED_OVER_LIMIT : null;
  }
}
