// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.runtime.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of a status for people to read: their name, and the value with its unit. */
final class StatusText {
  private static final String SINCE = ", since the status before";

  private StatusText() {}

  static String name(StatusColumn column) {
    return switch (column) {
      case TEMPERATURE_DECIDEGREES -> "temperature";
      case MEMORY_TEMPERATURE_DECIDEGREES -> "memory temperature";
      case SM_CLOCK_MEGAHERTZ -> "clock";
      case MEMORY_CLOCK_MEGAHERTZ -> "memory clock";
      case POWER_LIMIT_MILLIWATTS -> "power limit in force";
      case THROTTLE_REASONS -> "throttled by";
      case FAN_BASIS_POINTS -> "fan, of its full speed";
      case ECC_CORRECTED_ERRORS -> "memory errors corrected" + SINCE;
      case ECC_UNCORRECTED_ERRORS -> "memory errors not corrected" + SINCE;
      case XID_ERRORS -> "XID errors" + SINCE;
      case LAST_XID -> "last XID error";
      case PCIE_RECEIVED_BYTES -> "received over PCIe" + SINCE;
      case PCIE_SENT_BYTES -> "sent over PCIe" + SINCE;
      case NVLINK_RECEIVED_BYTES -> "received over NVLink" + SINCE;
      case NVLINK_SENT_BYTES -> "sent over NVLink" + SINCE;
      case WEAR_BASIS_POINTS -> "wear";
      case WATER_MILLILITRES -> "water" + SINCE;
    };
  }

  static String value(StatusColumn column, long value) {
    return switch (column) {
      case TEMPERATURE_DECIDEGREES, MEMORY_TEMPERATURE_DECIDEGREES ->
          Quantities.number(value / 10.0) + " °C";
      case SM_CLOCK_MEGAHERTZ, MEMORY_CLOCK_MEGAHERTZ -> value + " MHz";
      case POWER_LIMIT_MILLIWATTS -> Quantities.power(value);
      case THROTTLE_REASONS -> reasons(value);
      case FAN_BASIS_POINTS, WEAR_BASIS_POINTS -> Quantities.percent(value / 1e4);
      case ECC_CORRECTED_ERRORS, ECC_UNCORRECTED_ERRORS, XID_ERRORS ->
          String.format(Locale.ROOT, "%,d", value);
      case LAST_XID -> Long.toString(value);
      case PCIE_RECEIVED_BYTES, PCIE_SENT_BYTES, NVLINK_RECEIVED_BYTES, NVLINK_SENT_BYTES ->
          Quantities.bytes(value);
      case WATER_MILLILITRES -> Quantities.number(value / 1e3) + " l";
    };
  }

  private static String reasons(long bits) {
    List<String> words = new ArrayList<>();
    for (ThrottleReason reason : ThrottleReason.values()) {
      if (reason.isIn(bits)) {
        words.add(
            switch (reason) {
              case POWER_CAP -> "power limit";
              case THERMAL -> "temperature";
              case POWER_BRAKE -> "power brake";
              case HARDWARE -> "hardware";
              case OTHER -> "clocks that were set";
            });
      }
    }
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }
}
