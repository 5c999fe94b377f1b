// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * What is kept of a device in a window. Most amounts add up over the fragments of a window and over
 * windows; of the {@linkplain #isPeak peaks}, which come last, the highest counts, and 0 stands for
 * none. A mean of samples is their sum divided by their number. The order is the order of the bits
 * on the wire; it never changes within additive amounts and within peaks of a release.
 */
public enum DeviceAmount {
  /** Energy of the device. */
  ENERGY_MILLIJOULES,
  /** Share of it that is in the node's total: over all devices of a node, the node's energy. */
  TOTAL_MILLIJOULES,
  /** Share of it that is in the sum of its kind on the node. */
  KIND_MILLIJOULES,
  /** Share of its energy that jobs held at a utilisation under 5 %; of GPUs. */
  HELD_IDLE_MILLIJOULES,
  /** Time with known energy. */
  COVERED_MILLIS,
  /** Time within gaps whose energy is unknown. */
  UNCOVERED_MILLIS,
  /** Time that jobs held it, by share. */
  ALLOCATED_MILLIS,
  /** Time busy. */
  BUSY_MILLIS,
  /** Time with known utilisation: the mean is busy over this. */
  UTILISATION_MILLIS,
  /** Memory or space in use: MiB x ms. */
  USED_MEBIBYTE_MILLIS,
  /** Time with known use: the mean is used over this. */
  USED_MILLIS,
  /** Samples of temperature. */
  TEMPERATURE_SAMPLES,
  /** Sum of the sampled temperatures, tenths of a degree Celsius. */
  TEMPERATURE_DECIDEGREES,
  /** Samples of the temperature of a GPU's memory. */
  MEMORY_TEMPERATURE_SAMPLES,
  /** Sum of the sampled temperatures of a GPU's memory, tenths of a degree Celsius. */
  MEMORY_TEMPERATURE_DECIDEGREES,
  /** Samples of the SM clock. */
  SM_CLOCK_SAMPLES,
  /** Sum of the sampled SM clocks, MHz. */
  SM_CLOCK_MEGAHERTZ,
  /** Samples of the memory clock. */
  MEMORY_CLOCK_SAMPLES,
  /** Sum of the sampled memory clocks, MHz. */
  MEMORY_CLOCK_MEGAHERTZ,
  /** Samples of the power limit in force. */
  POWER_LIMIT_SAMPLES,
  /** Sum of the sampled power limits, mW. */
  POWER_LIMIT_MILLIWATTS,
  /** Samples of the fan's speed. */
  FAN_SAMPLES,
  /** Sum of the sampled speeds of the fan, basis points (1/10,000). */
  FAN_BASIS_POINTS,
  /** Samples of wear. */
  WEAR_SAMPLES,
  /** Sum of the sampled wear, basis points (1/10,000). */
  WEAR_BASIS_POINTS,
  /** Samples of throttle reasons. */
  THROTTLE_SAMPLES,
  /** Samples with any throttle reason. */
  THROTTLED_SAMPLES,
  /** Samples throttled by the power limit. */
  THROTTLED_POWER_CAP_SAMPLES,
  /** Samples throttled by temperature. */
  THROTTLED_THERMAL_SAMPLES,
  /** Samples throttled by the power brake. */
  THROTTLED_POWER_BRAKE_SAMPLES,
  /** Samples throttled by hardware. */
  THROTTLED_HARDWARE_SAMPLES,
  /** Samples throttled for another reason. */
  THROTTLED_OTHER_SAMPLES,
  /** Memory errors that ECC corrected. */
  ECC_CORRECTED_ERRORS,
  /** Memory errors that ECC could not correct. */
  ECC_UNCORRECTED_ERRORS,
  /** Errors that NVIDIA's driver reported. */
  XID_ERRORS,
  /** Bytes received over PCIe. */
  PCIE_RECEIVED_BYTES,
  /** Bytes sent over PCIe. */
  PCIE_SENT_BYTES,
  /** Bytes received over NVLink. */
  NVLINK_RECEIVED_BYTES,
  /** Bytes sent over NVLink. */
  NVLINK_SENT_BYTES,
  /** The highest mean power of any time between two readings, mW. */
  PEAK_MILLIWATTS,
  /** The highest sampled temperature, tenths of a kelvin. */
  PEAK_TEMPERATURE_DECIKELVINS,
  /** The highest sampled temperature of a GPU's memory, tenths of a kelvin. */
  PEAK_MEMORY_TEMPERATURE_DECIKELVINS,
  /** The highest code of an XID error. */
  PEAK_XID;

  /** 0 degrees Celsius, tenths of a kelvin. */
  public static final int ZERO_CELSIUS_DECIKELVINS = 2_732;

  /** True if the highest counts, and not the sum. */
  public boolean isPeak() {
    return compareTo(PEAK_MILLIWATTS) >= 0;
  }

  /** Number of the amounts that add up; the peaks follow. */
  @SuppressWarnings("EnumOrdinal") // a position in Totals
  static int sums() {
    return PEAK_MILLIWATTS.ordinal();
  }
}
