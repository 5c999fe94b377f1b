// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;
import java.util.OptionalDouble;

/** A part of a whole in a window, 0 to 1. */
@SuppressWarnings("ImmutableEnumChecker") // nobody changes the array
enum RatioField {
  GPU_BUSY(SiteAmount.GPU_BUSY_MILLIS, SiteAmount.GPU_MILLIS),
  GPU_ALLOCATED(SiteAmount.GPU_ALLOCATED_MILLIS, SiteAmount.GPU_MILLIS),
  MEMORY_USED(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS, SiteAmount.MEMORY_MEBIBYTE_MILLIS),
  MEMORY_ALLOCATED(SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS, SiteAmount.MEMORY_MEBIBYTE_MILLIS),
  STORAGE_BUSY(SiteAmount.STORAGE_BUSY_MILLIS, SiteAmount.STORAGE_MILLIS),
  STORAGE_USED(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, SiteAmount.STORAGE_MEBIBYTE_MILLIS),
  STORAGE_ALLOCATED(
      SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS, SiteAmount.STORAGE_MEBIBYTE_MILLIS),
  COVERAGE(SiteAmount.COVERED_MILLIS, SiteAmount.COVERED_MILLIS, SiteAmount.UNCOVERED_MILLIS);

  private final String fieldName = name().toLowerCase(Locale.ROOT) + "_ratio";
  private final SiteAmount part;
  private final SiteAmount[] whole;

  /**
   * @param whole amounts that together are the whole
   */
  RatioField(SiteAmount part, SiteAmount... whole) {
    this.part = part;
    this.whole = whole;
  }

  String fieldName() {
    return fieldName;
  }

  /** Empty without a device of the kind: then there is no ratio. */
  OptionalDouble of(Totals<SiteAmount> totals) {
    long all = 0;
    for (SiteAmount amount : whole) {
      all += totals.get(amount);
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) totals.get(part) / all);
  }
}
