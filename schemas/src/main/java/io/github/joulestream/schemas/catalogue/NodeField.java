// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;

/** Fields of a node beside its power: amounts that add up over the points of a window. */
@SuppressWarnings("ImmutableEnumChecker") // the array is never changed
public enum NodeField {
  TOTAL_MILLIJOULES(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
  WHOLE_NODE_MILLIJOULES(SiteAmount.WHOLE_NODE_MILLIJOULES),
  COVERED_MILLIS(SiteAmount.COVERED_MILLIS),
  UNCOVERED_MILLIS(SiteAmount.UNCOVERED_MILLIS),
  GPU_MILLIS(SiteAmount.GPU_MILLIS),
  GPU_BUSY_MILLIS(SiteAmount.GPU_BUSY_MILLIS),
  GPU_ALLOCATED_MILLIS(SiteAmount.GPU_ALLOCATED_MILLIS),
  MEMORY_MEBIBYTE_MILLIS(SiteAmount.MEMORY_MEBIBYTE_MILLIS),
  MEMORY_USED_MEBIBYTE_MILLIS(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS),
  STORAGE_MILLIS(SiteAmount.STORAGE_MILLIS),
  STORAGE_BUSY_MILLIS(SiteAmount.STORAGE_BUSY_MILLIS),
  READINGS(SiteAmount.READINGS),
  REFUSED(
      SiteAmount.REFUSED_SENTINEL,
      SiteAmount.REFUSED_NEGATIVE,
      SiteAmount.REFUSED_OVER_LIMIT,
      SiteAmount.REFUSED_FUTURE,
      SiteAmount.REFUSED_LATE,
      SiteAmount.REFUSED_CONFLICT,
      SiteAmount.REFUSED_OLD,
      SiteAmount.REFUSED_OVER_STATE),
  STUCK_MILLIS(SiteAmount.COUNTER_STUCK_MILLIS);

  private final String fieldName = name().toLowerCase(Locale.ROOT);
  private final SiteAmount[] amounts;

  NodeField(SiteAmount... amounts) {
    this.amounts = amounts;
  }

  /** Name of the field, with its unit if it has one. */
  public String fieldName() {
    return fieldName;
  }

  /** Its value: the sum of its amounts. */
  public long of(Totals<SiteAmount> totals) {
    long sum = 0;
    for (SiteAmount amount : amounts) {
      sum = Math.addExact(sum, totals.get(amount));
    }
    return sum;
  }
}
