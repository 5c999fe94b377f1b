// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.util.Map.Entry;

/**
 * What was contracted for a step, evenly over the time of each contract's interval. Where there is
 * no interval there is no contract: that is known. Contracts of sources that burn something are not
 * counted, since they have not 0 g/kWh.
 *
 * @param carbonFreeMillijoules guarantees and purchases of sources free of carbon
 * @param renewableMillijoules of them, those of renewable sources
 * @param soldMillijoules own energy whose guarantees were sold
 * @param soldRenewableMillijoules of it, what renewable sources generated
 */
record Contracts(
    long carbonFreeMillijoules,
    long renewableMillijoules,
    long soldMillijoules,
    long soldRenewableMillijoules,
    boolean weak) {
  static final Contracts NONE = new Contracts(0, 0, 0, 0, false);

  static Contracts of(GridFactors grid, long from, long to) {
    long renewable = 0;
    long free = 0;
    boolean weak = false;
    for (SeriesKind kind :
        new SeriesKind[] {SeriesKind.GUARANTEE_OF_ORIGIN, SeriesKind.POWER_PURCHASE}) {
      for (Entry<EnergySource, SeriesValues> one : grid.bySource(kind).entrySet()) {
        if (one.getKey().isCarbonFree()) {
          long energy = one.getValue().millijoules(from, to);
          free += energy;
          renewable += one.getKey().isRenewable() ? energy : 0;
          weak |= one.getValue().isWeak(from, to);
        }
      }
    }
    long sold = 0;
    long soldRenewable = 0;
    for (Entry<EnergySource, SeriesValues> one :
        grid.bySource(SeriesKind.GUARANTEE_SOLD).entrySet()) {
      long energy = one.getValue().millijoules(from, to);
      sold += energy;
      soldRenewable += one.getKey().isRenewable() ? energy : 0;
      weak |= one.getValue().isWeak(from, to);
    }
    return new Contracts(free, renewable, sold, soldRenewable, weak);
  }
}
