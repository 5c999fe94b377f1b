// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the tiles, of one of several periods; null where they are not known.
 *
 * @param hours with a ledger
 * @param facility energy at the facility's meters, mJ; null of narrowed reports
 * @param energy measured energy, or that of the jobs that a narrowed report is of, mJ
 * @param currency of the costs; empty if there is none, or several
 * @param ratioName which ratio the facility's is
 * @param waste energy of GPUs held without use, and of what was not allocated, mJ
 * @param wasteShare of the energy
 * @param perGpuHour energy of jobs per GPU hour held, kWh
 * @param coverage share of the device time with known energy
 * @param priced of how much of the energy the cost is, in words; empty: of all
 * @param withIntensity of how much of the energy the emissions are, in words; empty: of all
 */
record DirectorFigures(
    Period period,
    BigDecimal hours,
    @Nullable BigDecimal facility,
    @Nullable BigDecimal energy,
    String currency,
    @Nullable BigDecimal cost,
    @Nullable BigDecimal location,
    @Nullable BigDecimal market,
    String ratioName,
    @Nullable BigDecimal ratio,
    @Nullable BigDecimal waste,
    @Nullable BigDecimal wasteCost,
    @Nullable BigDecimal wasteShare,
    @Nullable BigDecimal perGpuHour,
    @Nullable BigDecimal coverage,
    String priced,
    String withIntensity) {
  /** Less is stated: what is missing does not show in three digits. */
  private static final BigDecimal NEARLY_ALL = new BigDecimal("0.9995");

  private static final MathContext DIGITS = new MathContext(12);
  // 1 kWh = 3.6e9 mJ, 1 h = 3.6e6 ms: mJ/ms x 1e-3 = kWh/h
  private static final int KILOWATTS = 3;

  /** Of a period of which nothing is known. */
  static DirectorFigures none(Period period) {
    return new DirectorFigures(
        period,
        BigDecimal.ZERO,
        null,
        null,
        "",
        null,
        null,
        null,
        "",
        null,
        null,
        null,
        null,
        null,
        null,
        "",
        "");
  }

  /** Of whole sites. */
  static DirectorFigures ofSites(PeriodData data) {
    Collection<SiteUse> sites = data.sites().values();
    if (sites.isEmpty()) {
      return none(data.period());
    }
    ExactSum measured = AllSites.sum(sites, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    ExactSum waste = AllSites.sum(sites, SiteAmount.IDLE_TOTAL_MILLIJOULES);
    waste.add(AllSites.sum(sites, SiteAmount.HELD_IDLE_MILLIJOULES));
    Charges charges = AllSites.charges(sites, SiteUse::charges);
    Charges wasted = AllSites.charges(sites, SiteUse::idleCharges);
    wasted.add(AllSites.charges(sites, SiteUse::heldIdleCharges));
    String currency = PeriodFigures.currency(data);
    BigDecimal cost = currency.isEmpty() ? null : Cells.amount(charges, Figure.COST);
    if (cost != null) {
      for (BigDecimal other : AllSites.otherCharges(sites).values()) {
        cost = cost.add(other);
      }
    }
    return new DirectorFigures(
        data.period(),
        AllSites.ledgerHours(data),
        AllSites.facility(sites).map(Cells::sum).orElse(null),
        Cells.sum(measured),
        currency,
        cost,
        Cells.amount(charges, Figure.CO2E_LOCATION),
        Cells.amount(charges, Figure.CO2E_MARKET),
        AllSites.facilityRatio(sites).map(ratio -> ratio.getKey()).orElse(""),
        AllSites.facilityRatio(sites).map(ratio -> ratio.getValue()).orElse(null),
        Cells.sum(waste),
        currency.isEmpty() ? null : Cells.amount(wasted, Figure.COST),
        Cells.ratio(waste, measured),
        perGpuHour(
            AllSites.sum(sites, SiteAmount.JOBS_TOTAL_MILLIJOULES),
            AllSites.sum(sites, SiteAmount.GPU_ALLOCATED_MILLIS)),
        coverage(
            AllSites.sum(sites, SiteAmount.COVERED_MILLIS),
            AllSites.sum(sites, SiteAmount.UNCOVERED_MILLIS)),
        part(charges, Figure.COST),
        part(charges, Figure.CO2E_LOCATION));
  }

  /** Of the jobs that the request is of; the facility's ratio is that of the whole sites. */
  static DirectorFigures ofJobs(PeriodData data) {
    Collection<SiteUse> sites = data.sites().values();
    if (sites.isEmpty()) {
      return none(data.period());
    }
    Use jobs = data.jobs();
    String currency = PeriodFigures.currency(data);
    return new DirectorFigures(
        data.period(),
        AllSites.ledgerHours(data),
        null,
        Cells.sum(jobs.sum(JobAmount.TOTAL_MILLIJOULES)),
        currency,
        currency.isEmpty() ? null : Cells.amount(jobs.charges(), Figure.COST),
        Cells.amount(jobs.charges(), Figure.CO2E_LOCATION),
        Cells.amount(jobs.charges(), Figure.CO2E_MARKET),
        AllSites.facilityRatio(sites).map(ratio -> ratio.getKey()).orElse(""),
        AllSites.facilityRatio(sites).map(ratio -> ratio.getValue()).orElse(null),
        Cells.sum(jobs.sum(JobAmount.HELD_IDLE_MILLIJOULES)),
        currency.isEmpty() ? null : Cells.amount(jobs.heldIdle(), Figure.COST),
        Cells.ratio(
            jobs.sum(JobAmount.HELD_IDLE_MILLIJOULES), jobs.sum(JobAmount.TOTAL_MILLIJOULES)),
        perGpuHour(jobs.sum(JobAmount.TOTAL_MILLIJOULES), jobs.sum(JobAmount.GPU_HELD_MILLIS)),
        coverage(jobs.sum(JobAmount.COVERED_MILLIS), jobs.sum(JobAmount.UNCOVERED_MILLIS)),
        part(jobs.charges(), Figure.COST),
        part(jobs.charges(), Figure.CO2E_LOCATION));
  }

  /** {@code of 53.7 % of the energy}; empty if a figure is known for all of it, or for nothing. */
  static String part(Charges charges, Figure figure) {
    BigDecimal known = Cells.ratio(charges.known(figure), charges.energy());
    return known == null || known.signum() == 0 || known.compareTo(NEARLY_ALL) >= 0
        ? ""
        : "of %s of the energy".formatted(Said.percent(known.doubleValue()));
  }

  private static @Nullable BigDecimal coverage(ExactSum covered, ExactSum uncovered) {
    ExactSum all = covered.copy();
    all.add(uncovered);
    return Cells.ratio(covered, all);
  }

  /** Energy per GPU time, kWh/h; null without GPU time. */
  static @Nullable BigDecimal perGpuHour(ExactSum energy, ExactSum gpuMillis) {
    BigDecimal ratio = Cells.ratio(energy, gpuMillis);
    return ratio == null ? null : ratio.movePointLeft(KILOWATTS);
  }

  /** The facility's energy where it is known, else what was measured. */
  @Nullable BigDecimal shownEnergy() {
    return facility == null ? energy : facility;
  }

  /** An amount per hour with a ledger. */
  Optional<BigDecimal> perHour(@Nullable BigDecimal amount) {
    return amount == null || hours.signum() == 0
        ? Optional.empty()
        : Optional.of(amount.divide(hours, DIGITS));
  }
}
