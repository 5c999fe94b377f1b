// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.catalogue.Measurement.FieldType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a device in a window. A field is absent where its value is not known: a mean without
 * samples, a count of nothing. Amounts add up over the points of a window and over windows; means
 * and ratios are of their point alone.
 */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
public enum DeviceField {
  /** Energy of the device; absent, as what follows from it, of a device that has statuses alone. */
  ENERGY_MILLIJOULES(device -> device.ofEnergy(DeviceAmount.ENERGY_MILLIJOULES)),
  /** Share of it in the node's total. */
  TOTAL_MILLIJOULES(device -> device.ofEnergy(DeviceAmount.TOTAL_MILLIJOULES)),
  /** Share of it in the sum of its kind. */
  KIND_MILLIJOULES(device -> device.ofEnergy(DeviceAmount.KIND_MILLIJOULES)),
  /** Of GPUs: energy while held at a utilisation under 5 %. */
  HELD_IDLE_MILLIJOULES(device ->
      device.kind == DeviceKind.GPU ? device.ofEnergy(DeviceAmount.HELD_IDLE_MILLIJOULES) : null),
  /** Time with known energy. */
  COVERED_MILLIS(DeviceAmount.COVERED_MILLIS),
  /** Time whose energy is unknown. */
  UNCOVERED_MILLIS(DeviceAmount.UNCOVERED_MILLIS),
  /** Time that jobs held it, by share. */
  ALLOCATED_MILLIS(device -> device.ofEnergy(DeviceAmount.ALLOCATED_MILLIS)),
  /** Time busy. */
  BUSY_MILLIS(DeviceAmount.BUSY_MILLIS, DeviceAmount.UTILISATION_MILLIS),
  /** Time with known utilisation. */
  UTILISATION_MILLIS(DeviceAmount.UTILISATION_MILLIS, DeviceAmount.UTILISATION_MILLIS),
  /** Memory or space in use, MiB times ms. */
  USED_MEBIBYTE_MILLIS(DeviceAmount.USED_MEBIBYTE_MILLIS, DeviceAmount.USED_MILLIS),
  /** Time with known use. */
  USED_MILLIS(DeviceAmount.USED_MILLIS, DeviceAmount.USED_MILLIS),
  /** Size of its memory, or of a drive. */
  CAPACITY_MEBIBYTES(device -> device.mebibytes == 0 ? null : device.mebibytes),
  /** Mean power over the time with known energy; millijoules over milliseconds are watts. */
  MEAN_WATTS(DeviceAmount.ENERGY_MILLIJOULES, DeviceAmount.COVERED_MILLIS, 1),
  /** The highest mean power between two readings. */
  PEAK_WATTS(FieldType.DOUBLE, device -> device.peak(DeviceAmount.PEAK_MILLIWATTS, 0, 1_000)),
  /** Time busy by time with known utilisation. */
  BUSY_RATIO(DeviceAmount.BUSY_MILLIS, DeviceAmount.UTILISATION_MILLIS, 1),
  /** Memory or space in use by size. */
  USED_RATIO(
      FieldType.DOUBLE,
      device ->
          device.mebibytes == 0
              ? null
              : device.mean(
                  DeviceAmount.USED_MEBIBYTE_MILLIS, DeviceAmount.USED_MILLIS, device.mebibytes)),
  /** Mean temperature. */
  TEMPERATURE_CELSIUS(DeviceAmount.TEMPERATURE_DECIDEGREES, DeviceAmount.TEMPERATURE_SAMPLES, 10),
  /** The highest temperature. */
  PEAK_TEMPERATURE_CELSIUS(
      FieldType.DOUBLE,
      device ->
          device.peak(
              DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS,
              DeviceAmount.ZERO_CELSIUS_DECIKELVINS,
              10)),
  /** Mean temperature of a GPU's memory. */
  MEMORY_TEMPERATURE_CELSIUS(
      DeviceAmount.MEMORY_TEMPERATURE_DECIDEGREES, DeviceAmount.MEMORY_TEMPERATURE_SAMPLES, 10),
  /** The highest temperature of a GPU's memory. */
  PEAK_MEMORY_TEMPERATURE_CELSIUS(
      FieldType.DOUBLE,
      device ->
          device.peak(
              DeviceAmount.PEAK_MEMORY_TEMPERATURE_DECIKELVINS,
              DeviceAmount.ZERO_CELSIUS_DECIKELVINS,
              10)),
  /** Mean SM clock. */
  SM_CLOCK_MEGAHERTZ(DeviceAmount.SM_CLOCK_MEGAHERTZ, DeviceAmount.SM_CLOCK_SAMPLES, 1),
  /** Mean memory clock. */
  MEMORY_CLOCK_MEGAHERTZ(DeviceAmount.MEMORY_CLOCK_MEGAHERTZ, DeviceAmount.MEMORY_CLOCK_SAMPLES, 1),
  /** Mean power limit in force. */
  POWER_LIMIT_WATTS(DeviceAmount.POWER_LIMIT_MILLIWATTS, DeviceAmount.POWER_LIMIT_SAMPLES, 1_000),
  /** Mean speed of its fan, of its full speed. */
  FAN_RATIO(DeviceAmount.FAN_BASIS_POINTS, DeviceAmount.FAN_SAMPLES, 10_000),
  /** Wear of a drive, of the endurance it is built for. */
  WEAR_RATIO(DeviceAmount.WEAR_BASIS_POINTS, DeviceAmount.WEAR_SAMPLES, 10_000),
  /** Share of the samples in which its clocks were lowered, for any reason. */
  THROTTLED_RATIO(DeviceAmount.THROTTLED_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** By its power limit. */
  THROTTLED_POWER_CAP_RATIO(
      DeviceAmount.THROTTLED_POWER_CAP_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** By temperature. */
  THROTTLED_THERMAL_RATIO(DeviceAmount.THROTTLED_THERMAL_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** By the power brake. */
  THROTTLED_POWER_BRAKE_RATIO(
      DeviceAmount.THROTTLED_POWER_BRAKE_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** By hardware. */
  THROTTLED_HARDWARE_RATIO(
      DeviceAmount.THROTTLED_HARDWARE_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** For another reason. */
  THROTTLED_OTHER_RATIO(DeviceAmount.THROTTLED_OTHER_SAMPLES, DeviceAmount.THROTTLE_SAMPLES, 1),
  /** Memory errors that ECC corrected. */
  ECC_CORRECTED_ERRORS(DeviceAmount.ECC_CORRECTED_ERRORS, DeviceAmount.ECC_CORRECTED_ERRORS),
  /** Memory errors that ECC could not correct. */
  ECC_UNCORRECTED_ERRORS(DeviceAmount.ECC_UNCORRECTED_ERRORS, DeviceAmount.ECC_UNCORRECTED_ERRORS),
  /** Errors that NVIDIA's driver reported. */
  XID_ERRORS(DeviceAmount.XID_ERRORS, DeviceAmount.XID_ERRORS),
  /** The highest code of such an error. */
  PEAK_XID(DeviceAmount.PEAK_XID, DeviceAmount.PEAK_XID),
  /** Bytes received over PCIe. */
  PCIE_RECEIVED_BYTES(DeviceAmount.PCIE_RECEIVED_BYTES, DeviceAmount.PCIE_RECEIVED_BYTES),
  /** Bytes sent over PCIe. */
  PCIE_SENT_BYTES(DeviceAmount.PCIE_SENT_BYTES, DeviceAmount.PCIE_SENT_BYTES),
  /** Bytes received over NVLink. */
  NVLINK_RECEIVED_BYTES(DeviceAmount.NVLINK_RECEIVED_BYTES, DeviceAmount.NVLINK_RECEIVED_BYTES),
  /** Bytes sent over NVLink. */
  NVLINK_SENT_BYTES(DeviceAmount.NVLINK_SENT_BYTES, DeviceAmount.NVLINK_SENT_BYTES);

  private static final int MEBIBYTE_BITS = 20;
  private static final DeviceField[] ALL = values();

  /** What a field is calculated from. */
  private record Source(DeviceKind kind, long mebibytes, Totals<DeviceAmount> totals) {
    long get(DeviceAmount amount) {
      return totals.get(amount);
    }

    /**
     * An amount of the time with known energy; null if the window has no such time. A fragment that
     * corrects shares has amounts without time.
     */
    @Nullable Long ofEnergy(DeviceAmount amount) {
      return get(amount) == 0 && get(DeviceAmount.COVERED_MILLIS) == 0 ? null : (Long) get(amount);
    }

    /** The sum divided by the count and {@code units}; null without a count. */
    @Nullable Double mean(DeviceAmount sum, DeviceAmount count, long units) {
      // a fragment that corrects others may take samples back: it has no mean
      return get(count) <= 0 ? null : (double) get(sum) / get(count) / units;
    }

    /** A peak less {@code zero}, divided by {@code units}; null if there is none. */
    @Nullable Double peak(DeviceAmount peak, long zero, long units) {
      return get(peak) == 0 ? null : (double) (get(peak) - zero) / units;
    }
  }

  /** Calculates a field; null if its value is not known. */
  private interface Value {
    @Nullable Object of(Source device);
  }

  private final String fieldName = name().toLowerCase(Locale.ROOT);
  private final FieldType type;
  private final Value value;

  DeviceField(FieldType type, Value value) {
    this.type = type;
    this.value = value;
  }

  DeviceField(Value whole) {
    this(FieldType.LONG, whole);
  }

  /** An amount that is always known. */
  DeviceField(DeviceAmount amount) {
    this(device -> device.get(amount));
  }

  /** An amount that is known where {@code known} is not 0. */
  DeviceField(DeviceAmount amount, DeviceAmount known) {
    this(device -> device.get(known) == 0 ? null : device.get(amount));
  }

  /** A mean. */
  DeviceField(DeviceAmount sum, DeviceAmount count, long units) {
    this(FieldType.DOUBLE, device -> device.mean(sum, count, units));
  }

  /** Name of the field, with its unit. */
  public String fieldName() {
    return fieldName;
  }

  /** Whole numbers for amounts, numbers with a fraction for means and ratios. */
  public FieldType type() {
    return type;
  }

  /**
   * The fields of a device in a window by name, those that are known.
   *
   * @param capacityBytes size of a memory or drive, or of a GPU's memory; 0 for others
   */
  public static Map<String, Object> of(
      DeviceKind kind, long capacityBytes, Totals<DeviceAmount> totals) {
    Source device = new Source(kind, capacityBytes >> MEBIBYTE_BITS, totals);
    Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(ALL.length);
    for (DeviceField field : ALL) {
      Object known = field.value.of(device);
      if (known != null) {
        fields.put(field.fieldName, known);
      }
    }
    return fields;
  }
}
