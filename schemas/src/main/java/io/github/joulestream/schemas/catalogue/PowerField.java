// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Mean power of a site or node in a window, W, and the energy that it is calculated from. */
public enum PowerField {
  TOTAL(Balance.TOTAL.measured()),
  GPU(SiteAmount.measured(DeviceKind.GPU)),
  MEMORY(SiteAmount.measured(DeviceKind.MEMORY)),
  STORAGE(SiteAmount.measured(DeviceKind.STORAGE)),
  CPU(SiteAmount.measured(DeviceKind.CPU)),
  NODE(SiteAmount.measured(DeviceKind.NODE)),
  FACILITY(DeviceKind.FACILITY),
  UPS(DeviceKind.UPS),
  PDU(DeviceKind.PDU),
  GENERATION(DeviceKind.GENERATION),
  EXPORT(DeviceKind.EXPORT),
  JOBS(Balance.TOTAL.jobs()),
  IDLE(Balance.TOTAL.idle()),
  HELD_IDLE(SiteAmount.HELD_IDLE_MILLIJOULES);

  private final String fieldName = name().toLowerCase(Locale.ROOT) + "_watts";
  private final SiteAmount energy;
  private final @Nullable DeviceKind meter;

  PowerField(SiteAmount energy) {
    this.energy = energy;
    this.meter = null;
  }

  PowerField(DeviceKind meter) {
    this.energy = SiteAmount.measured(meter);
    this.meter = meter;
  }

  /** Name of the field, with its unit. */
  public String fieldName() {
    return fieldName;
  }

  /** False if it is of meters of the site that are not there: then it is not known, and not 0. */
  public boolean isKnown(Totals<SiteAmount> totals) {
    return meter == null
        || totals.get(energy) != 0
        || totals.get(SiteAmount.meterCovered(meter)) != 0
        || totals.get(SiteAmount.meterUncovered(meter)) != 0;
  }

  /** Mean power over a window, W. */
  public double watts(Totals<SiteAmount> totals, int windowMillis) {
    // millijoules over milliseconds are watts
    return (double) totals.get(energy) / windowMillis;
  }
}
