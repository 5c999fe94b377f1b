// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;
import java.util.OptionalDouble;

/** A ratio in a window of a site, 0 to 1. */
@SuppressWarnings("ImmutableEnumChecker") // the array is never changed
public enum RatioField {
  GPU_BUSY(SiteAmount.GPU_BUSY_MILLIS, SiteAmount.GPU_MILLIS),
  GPU_ALLOCATED(SiteAmount.GPU_ALLOCATED_MILLIS, SiteAmount.GPU_MILLIS),
  MEMORY_USED(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS, SiteAmount.MEMORY_MEBIBYTE_MILLIS),
  MEMORY_ALLOCATED(SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS, SiteAmount.MEMORY_MEBIBYTE_MILLIS),
  STORAGE_BUSY(SiteAmount.STORAGE_BUSY_MILLIS, SiteAmount.STORAGE_MILLIS),
  STORAGE_USED(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, SiteAmount.STORAGE_MEBIBYTE_MILLIS),
  STORAGE_ALLOCATED(
      SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS, SiteAmount.STORAGE_MEBIBYTE_MILLIS),
  COVERAGE(SiteAmount.COVERED_MILLIS, SiteAmount.COVERED_MILLIS, SiteAmount.UNCOVERED_MILLIS),
  FACILITY_COVERAGE(DeviceKind.FACILITY),
  UPS_COVERAGE(DeviceKind.UPS),
  PDU_COVERAGE(DeviceKind.PDU),
  GENERATION_COVERAGE(DeviceKind.GENERATION),
  EXPORT_COVERAGE(DeviceKind.EXPORT);

  private final String fieldName = name().toLowerCase(Locale.ROOT) + "_ratio";
  private final SiteAmount numerator;
  private final SiteAmount[] denominator;

  /**
   * @param denominator amounts that are added up
   */
  RatioField(SiteAmount numerator, SiteAmount... denominator) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /** Time of meters of the site with known energy, of their time. */
  RatioField(DeviceKind meter) {
    this(
        SiteAmount.meterCovered(meter),
        SiteAmount.meterCovered(meter),
        SiteAmount.meterUncovered(meter));
  }

  /** Name of the field. */
  public String fieldName() {
    return fieldName;
  }

  /** The ratio; empty without a device of the kind. */
  public OptionalDouble of(Totals<SiteAmount> totals) {
    long sum = 0;
    for (SiteAmount amount : denominator) {
      sum += totals.get(amount);
    }
    return sum == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) totals.get(numerator) / sum);
  }
}
