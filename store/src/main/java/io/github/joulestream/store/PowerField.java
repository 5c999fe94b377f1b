// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;

/** Mean power in a window, W, and the energy that it is worked out from; of sites and of nodes. */
enum PowerField {
  TOTAL(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
  GPU(SiteAmount.MEASURED_GPU_MILLIJOULES),
  MEMORY(SiteAmount.MEASURED_MEMORY_MILLIJOULES),
  STORAGE(SiteAmount.MEASURED_STORAGE_MILLIJOULES),
  CPU(SiteAmount.MEASURED_CPU_MILLIJOULES),
  NODE(SiteAmount.MEASURED_NODE_MILLIJOULES),
  FACILITY(SiteAmount.FACILITY_MILLIJOULES),
  JOBS(SiteAmount.JOBS_TOTAL_MILLIJOULES),
  IDLE(SiteAmount.IDLE_TOTAL_MILLIJOULES),
  HELD_IDLE(SiteAmount.HELD_IDLE_MILLIJOULES);

  private final String fieldName = name().toLowerCase(Locale.ROOT) + "_watts";
  private final SiteAmount energy;

  PowerField(SiteAmount energy) {
    this.energy = energy;
  }

  String fieldName() {
    return fieldName;
  }

  double watts(Totals<SiteAmount> totals, int windowMillis) {
    // millijoules over milliseconds are watts
    return (double) totals.get(energy) / windowMillis;
  }
}
