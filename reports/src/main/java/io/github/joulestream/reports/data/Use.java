// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.StepFactors;

/** What a group of jobs used in a period, exactly: amounts and what they cost and emitted. */
@SuppressWarnings("EnumOrdinal") // a position in the array of sums
public final class Use {
  private static final JobAmount[] AMOUNTS = JobAmount.values();

  private final ExactSum[] sums = new ExactSum[AMOUNTS.length];
  private final Charges charges = new Charges();
  private final Charges heldIdle = new Charges();

  /** Nothing. */
  public Use() {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new ExactSum();
    }
  }

  /** Adds a step. */
  public void add(Totals<JobAmount> totals, StepFactors factors) {
    for (int i = 0; i < sums.length; i++) {
      long value = totals.get(i);
      if (value != 0) {
        sums[i].add(value);
      }
    }
    charges.add(totals.get(JobAmount.TOTAL_MILLIJOULES), factors);
    heldIdle.add(totals.get(JobAmount.HELD_IDLE_MILLIJOULES), factors);
  }

  /** Adds to an amount alone; energy that has charges is to be added to them too. */
  void add(JobAmount amount, long value) {
    sums[amount.ordinal()].add(value);
  }

  /** Adds all of another. */
  public void add(Use other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(other.sums[i]);
    }
    charges.add(other.charges);
    heldIdle.add(other.heldIdle);
  }

  /** The sum of an amount. */
  public ExactSum sum(JobAmount amount) {
    return sums[amount.ordinal()];
  }

  /** Of its total energy. */
  public Charges charges() {
    return charges;
  }

  /** Of the energy of GPUs that were held without being used. */
  public Charges heldIdle() {
    return heldIdle;
  }
}
