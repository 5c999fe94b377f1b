// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.StepFactors;

/** {@link Charges} of many rows, in a fraction of the memory. */
final class ChargeColumns {
  private static final Figure[] FIGURES = Figure.values();

  private final SumColumn[] sums = new SumColumn[FIGURES.length];
  private final LongColumn[] missing = new LongColumn[FIGURES.length];
  private final LongColumn weak = new LongColumn();
  private final LongColumn residualMissing = new LongColumn();
  private final LongColumn knownBits = new LongColumn();

  ChargeColumns() {
    for (int i = 0; i < FIGURES.length; i++) {
      sums[i] = new SumColumn();
      missing[i] = new LongColumn();
    }
  }

  /** As {@link Charges#add(long, StepFactors)}. */
  void add(int row, long millijoules, StepFactors factors) {
    long known = 0;
    for (int i = 0; i < FIGURES.length; i++) {
      long factor = factors.of(FIGURES[i]);
      if (factor == StepFactors.UNKNOWN) {
        missing[i].add(row, millijoules);
      } else {
        known |= 1L << i;
        if (millijoules != 0) {
          sums[i].addProduct(row, millijoules, factor);
        }
      }
    }
    knownBits.set(row, knownBits.get(row) | known);
    if (factors.weak()) {
      weak.add(row, millijoules);
    }
    if (factors.residualMissing()) {
      residualMissing.add(row, millijoules);
    }
  }

  /** Adds a row, of this energy in all, to charges. */
  void addTo(Charges charges, int row, long millijoules) {
    charges.add(millijoules, weak.get(row), residualMissing.get(row));
    for (int i = 0; i < FIGURES.length; i++) {
      charges.add(
          FIGURES[i], sums[i].get(row), missing[i].get(row), (knownBits.get(row) & 1L << i) != 0);
    }
  }
}
