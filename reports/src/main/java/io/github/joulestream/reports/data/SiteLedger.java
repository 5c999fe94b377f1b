// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.energy.grid.OtherCharge;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.StepEnergy;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A site's ledger in a period, with what its energy cost and emitted. */
final class SiteLedger implements SiteUse {
  private static final int MILLIS_PER_SECOND = 1000;

  private final String site;
  private final TimeRange range;
  private final int stepMillis;
  private final GridFactors grid;
  private final BitSet present;
  private final StepFactors[] factors;
  private final Map<SiteAmount, long[]> steps = new EnumMap<>(SiteAmount.class);
  private final Map<SiteAmount, ExactSum> sums = new EnumMap<>(SiteAmount.class);
  private final Charges charges = new Charges();
  private final Charges jobCharges = new Charges();
  private final Charges idleCharges = new Charges();
  private final Charges heldIdleCharges = new Charges();
  private final FacilityEnergy facility = new FacilityEnergy();
  private final Map<String, BigDecimal> otherCharges = new TreeMap<>();
  private long peakMilliwatts;

  SiteLedger(String site, TimeRange range, int stepMillis, GridFactors grid) {
    this.site = site;
    this.range = range;
    this.stepMillis = stepMillis;
    this.grid = grid;
    int count = Math.toIntExact(range.millis() / stepMillis);
    this.present = new BitSet(count);
    this.factors = new StepFactors[count];
    Arrays.fill(factors, StepFactors.NOTHING);
    for (SiteAmount amount : PeriodData.STEP_AMOUNTS) {
      steps.put(amount, new long[count]);
    }
    for (SiteAmount amount : SiteAmount.values()) {
      sums.put(amount, new ExactSum());
    }
  }

  /** Adds a step. */
  void add(SiteStep row) {
    Totals<SiteAmount> totals = row.totals();
    int step = index(row.stepStart());
    if (present.get(step)) {
      throw new IllegalArgumentException(
          "two ledgers of %s at %d".formatted(site, row.stepStart()));
    }
    present.set(step);
    steps.forEach((amount, values) -> values[step] = totals.get(amount));
    sums.forEach((amount, sum) -> sum.add(totals.get(amount)));
    facility.add(totals);
    long measured = totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    peakMilliwatts = Math.max(peakMilliwatts, measured / (stepMillis / MILLIS_PER_SECOND));
    StepFactors atStep =
        grid.at(
            row.stepStart(),
            stepMillis,
            new StepEnergy(
                measured,
                FacilityRatio.isKnown(DeviceKind.FACILITY, totals)
                    ? totals.get(SiteAmount.FACILITY_MILLIJOULES)
                    : StepEnergy.UNKNOWN,
                StepEnergy.metered(DeviceKind.GENERATION, stepMillis, totals),
                StepEnergy.metered(DeviceKind.EXPORT, stepMillis, totals)));
    factors[step] = atStep;
    charges.add(measured, atStep);
    jobCharges.add(totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES), atStep);
    idleCharges.add(totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES), atStep);
    heldIdleCharges.add(totals.get(SiteAmount.HELD_IDLE_MILLIJOULES), atStep);
  }

  /** Sets charges that are not by energy; those of another currency than the prices are not. */
  void setOtherCharges(Collection<OtherCharge> others) {
    for (OtherCharge other : others) {
      if (other.currency().equals(currency())) {
        otherCharges.merge(
            other.kind() == SeriesKind.DEMAND_CHARGE ? "demand" : "fixed",
            other.amount(),
            BigDecimal::add);
      }
    }
  }

  /** Position of a step. */
  int index(long stepStart) {
    long offset = stepStart - range.from();
    if (offset < 0 || offset >= range.millis() || offset % stepMillis != 0) {
      throw new IllegalArgumentException(
          "%s has a step at %d, which is none of %s".formatted(site, stepStart, range));
    }
    return (int) (offset / stepMillis);
  }

  GridFactors grid() {
    return grid;
  }

  FacilityEnergy facilityEnergy() {
    return facility;
  }

  TimeRange range() {
    return range;
  }

  /** Number of steps that the store has a ledger of. */
  int presentSteps() {
    return present.cardinality();
  }

  @Override
  public String site() {
    return site;
  }

  @Override
  public long from() {
    return range.from();
  }

  @Override
  public int stepMillis() {
    return stepMillis;
  }

  @Override
  public int steps() {
    return factors.length;
  }

  @Override
  public boolean hasLedger(int step) {
    return present.get(step);
  }

  @Override
  public long at(int step, SiteAmount amount) {
    long[] values = steps.get(amount);
    if (values == null) {
      throw new IllegalArgumentException(amount + " is not kept by step");
    }
    return values[step];
  }

  @Override
  public StepFactors factors(int step) {
    return factors[step];
  }

  @Override
  public ExactSum sum(SiteAmount amount) {
    return sums.getOrDefault(amount, new ExactSum());
  }

  @Override
  public Charges charges() {
    return charges;
  }

  @Override
  public Charges jobCharges() {
    return jobCharges;
  }

  @Override
  public Charges idleCharges() {
    return idleCharges;
  }

  @Override
  public Charges heldIdleCharges() {
    return heldIdleCharges;
  }

  @Override
  public Optional<ExactSum> facility() {
    return facility.energy();
  }

  @Override
  public Optional<Map.Entry<String, BigDecimal>> facilityRatio() {
    return facility.ratio();
  }

  @Override
  public Map<String, BigDecimal> otherCharges() {
    return Collections.unmodifiableMap(otherCharges);
  }

  @Override
  public long peakMilliwatts() {
    return peakMilliwatts;
  }

  @Override
  public String currency() {
    return grid.currency().orElse("");
  }
}
