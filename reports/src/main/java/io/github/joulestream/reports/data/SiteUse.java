// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.StepFactors;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * A site in a period, step by step and in all. Arrays have an element a step; where the ledger has
 * no step, it is 0 and {@link #hasLedger} is false there.
 */
public interface SiteUse {
  String site();

  /** Start of the first step, Unix epoch, ms. */
  long from();

  /** Length of a step, ms. */
  int stepMillis();

  /** Number of steps. */
  int steps();

  /** Whether the store has a ledger of this step. */
  boolean hasLedger(int step);

  /** An amount of the ledger in a step; only the amounts in {@link PeriodData#STEP_AMOUNTS}. */
  long at(int step, SiteAmount amount);

  /** What a kWh cost and emitted in a step. */
  StepFactors factors(int step);

  /** An amount of the ledger over the period. */
  ExactSum sum(SiteAmount amount);

  /** Of all measured energy: of jobs and idle together. */
  Charges charges();

  /** Of the energy that was booked to jobs. */
  Charges jobCharges();

  /** Of the energy that was not allocated. */
  Charges idleCharges();

  /** Of the energy of GPUs that jobs held without using them. */
  Charges heldIdleCharges();

  /** Energy of the facility; empty if it has no meter, or it was silent too long. */
  Optional<ExactSum> facility();

  /** The facility's ratio, and which one it is, in words; empty if it is not known. */
  Optional<Map.Entry<String, BigDecimal>> facilityRatio();

  /** Fixed charges and demand charges of the period, by what they are; empty if there are none. */
  Map<String, BigDecimal> otherCharges();

  /** Highest mean power of measured energy in a step, mW; 0 if there is no step. */
  long peakMilliwatts();

  /** Currency of its prices, empty if there is none. */
  String currency();
}
