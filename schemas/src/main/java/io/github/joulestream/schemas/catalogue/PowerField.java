// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;

/** Mean power of a site or node in a window, W, and the energy that it is calculated from. */
public enum PowerField {
  TOTAL(Balance.TOTAL.measured()),
  GPU(SiteAmount.measured(DeviceKind.GPU)),
  MEMORY(SiteAmount.measured(DeviceKind.MEMORY)),
  STORAGE(SiteAmount.measured(DeviceKind.STORAGE)),
  CPU(SiteAmount.measured(DeviceKind.CPU)),
  NODE(SiteAmount.measured(DeviceKind.NODE)),
  FACILITY(SiteAmount.measured(DeviceKind.FACILITY)),
  JOBS(Balance.TOTAL.jobs()),
  IDLE(Balance.TOTAL.idle()),
  HELD_IDLE(SiteAmount.HELD_IDLE_MILLIJOULES);

  private final String fieldName = name().toLowerCase(Locale.ROOT) + "_watts";
  private final SiteAmount energy;

  PowerField(SiteAmount energy) {
    this.energy = energy;
  }

  /** Name of the field, with its unit. */
  public String fieldName() {
    return fieldName;
  }

  /** Mean power over a window, W. */
  public double watts(Totals<SiteAmount> totals, int windowMillis) {
    // millijoules over milliseconds are watts
    return (double) totals.get(energy) / windowMillis;
  }
}
