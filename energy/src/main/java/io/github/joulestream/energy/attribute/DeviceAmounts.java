// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.energy.Totals;

/** Which amounts of a device its status counts in. */
final class DeviceAmounts {
  private static final ThrottleReason[] REASONS = ThrottleReason.values();

  private DeviceAmounts() {}

  /** Adds a plausible value of a status. */
  static void status(Totals<DeviceAmount> totals, StatusColumn column, long value) {
    switch (column) {
      case TEMPERATURE_DECIDEGREES -> {
        sample(
            totals, DeviceAmount.TEMPERATURE_SAMPLES, DeviceAmount.TEMPERATURE_DECIDEGREES, value);
        totals.raise(
            DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS,
            value + DeviceAmount.ZERO_CELSIUS_DECIKELVINS);
      }
      case MEMORY_TEMPERATURE_DECIDEGREES -> {
        sample(
            totals,
            DeviceAmount.MEMORY_TEMPERATURE_SAMPLES,
            DeviceAmount.MEMORY_TEMPERATURE_DECIDEGREES,
            value);
        totals.raise(
            DeviceAmount.PEAK_MEMORY_TEMPERATURE_DECIKELVINS,
            value + DeviceAmount.ZERO_CELSIUS_DECIKELVINS);
      }
      case SM_CLOCK_MEGAHERTZ ->
          sample(totals, DeviceAmount.SM_CLOCK_SAMPLES, DeviceAmount.SM_CLOCK_MEGAHERTZ, value);
      case MEMORY_CLOCK_MEGAHERTZ ->
          sample(
              totals,
              DeviceAmount.MEMORY_CLOCK_SAMPLES,
              DeviceAmount.MEMORY_CLOCK_MEGAHERTZ,
              value);
      case POWER_LIMIT_MILLIWATTS ->
          sample(
              totals, DeviceAmount.POWER_LIMIT_SAMPLES, DeviceAmount.POWER_LIMIT_MILLIWATTS, value);
      case THROTTLE_REASONS -> throttle(totals, value);
      case FAN_BASIS_POINTS ->
          sample(totals, DeviceAmount.FAN_SAMPLES, DeviceAmount.FAN_BASIS_POINTS, value);
      case WEAR_BASIS_POINTS ->
          sample(totals, DeviceAmount.WEAR_SAMPLES, DeviceAmount.WEAR_BASIS_POINTS, value);
      case ECC_CORRECTED_ERRORS -> totals.add(DeviceAmount.ECC_CORRECTED_ERRORS, value);
      case ECC_UNCORRECTED_ERRORS -> totals.add(DeviceAmount.ECC_UNCORRECTED_ERRORS, value);
      case XID_ERRORS -> totals.add(DeviceAmount.XID_ERRORS, value);
      case LAST_XID -> totals.raise(DeviceAmount.PEAK_XID, value);
      case PCIE_RECEIVED_BYTES -> totals.add(DeviceAmount.PCIE_RECEIVED_BYTES, value);
      case PCIE_SENT_BYTES -> totals.add(DeviceAmount.PCIE_SENT_BYTES, value);
      case NVLINK_RECEIVED_BYTES -> totals.add(DeviceAmount.NVLINK_RECEIVED_BYTES, value);
      case NVLINK_SENT_BYTES -> totals.add(DeviceAmount.NVLINK_SENT_BYTES, value);
      case WATER_MILLILITRES -> {
        // of the site, not of a device
      }
    }
  }

  private static void sample(
      Totals<DeviceAmount> totals, DeviceAmount samples, DeviceAmount sum, long value) {
    totals.add(samples, 1);
    totals.add(sum, value);
  }

  private static void throttle(Totals<DeviceAmount> totals, long reasons) {
    totals.add(DeviceAmount.THROTTLE_SAMPLES, 1);
    if (reasons == 0) {
      return;
    }
    totals.add(DeviceAmount.THROTTLED_SAMPLES, 1);
    for (ThrottleReason reason : REASONS) {
      if (reason.isIn(reasons)) {
        totals.add(throttled(reason), 1);
      }
    }
  }

  private static DeviceAmount throttled(ThrottleReason reason) {
    return switch (reason) {
      case POWER_CAP -> DeviceAmount.THROTTLED_POWER_CAP_SAMPLES;
      case THERMAL -> DeviceAmount.THROTTLED_THERMAL_SAMPLES;
      case POWER_BRAKE -> DeviceAmount.THROTTLED_POWER_BRAKE_SAMPLES;
      case HARDWARE -> DeviceAmount.THROTTLED_HARDWARE_SAMPLES;
      case OTHER -> DeviceAmount.THROTTLED_OTHER_SAMPLES;
    };
  }
}
