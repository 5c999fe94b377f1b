// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Energy of a group in a range, of any number of sites, exactly. */
final class EnergyRow {
  private final Map<JobAmount, ExactSum> sums = new EnumMap<>(JobAmount.class);
  private final Charges charges = new Charges();
  private final SortedSet<String> currencies = new TreeSet<>();
  private BigInteger sharedIdle = BigInteger.ZERO;

  /** Adds what jobs used at a site. */
  void add(Use use, String currency) {
    for (JobAmount amount : JobAmount.values()) {
      sum(amount).add(use.sum(amount));
    }
    charges.add(use.charges());
    add(currency);
  }

  /** Adds another row. */
  void add(EnergyRow other) {
    other.sums.forEach((amount, sum) -> sum(amount).add(sum));
    charges.add(other.charges);
    currencies.addAll(other.currencies);
    sharedIdle = sharedIdle.add(other.sharedIdle);
  }

  /**
   * Adds what no job held at a site.
   *
   * @param jobs of all jobs of it
   */
  void addIdle(SiteUse site, Use jobs) {
    add(JobAmount.TOTAL_MILLIJOULES, site.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    add(JobAmount.GPU_MILLIJOULES, site.sum(SiteAmount.IDLE_GPU_MILLIJOULES));
    add(JobAmount.CPU_MILLIJOULES, site.sum(SiteAmount.IDLE_CPU_MILLIJOULES));
    add(JobAmount.MEMORY_MILLIJOULES, site.sum(SiteAmount.IDLE_MEMORY_MILLIJOULES));
    add(JobAmount.STORAGE_MILLIJOULES, site.sum(SiteAmount.IDLE_STORAGE_MILLIJOULES));
    add(JobAmount.NODE_MILLIJOULES, site.sum(SiteAmount.IDLE_NODE_MILLIJOULES));
    addRest(JobAmount.MEASURED_MILLIJOULES, site, SiteAmount.QUALITY_MEASURED_MILLIJOULES, jobs);
    addRest(JobAmount.ESTIMATED_MILLIJOULES, site, SiteAmount.QUALITY_ESTIMATED_MILLIJOULES, jobs);
    addRest(JobAmount.MODELLED_MILLIJOULES, site, SiteAmount.QUALITY_MODELLED_MILLIJOULES, jobs);
    charges.add(site.idleCharges());
    add(site.currency());
  }

  private void addRest(JobAmount amount, SiteUse site, SiteAmount all, Use jobs) {
    add(amount, site.sum(all));
    sum(amount).subtract(jobs.sum(amount));
  }

  private void add(JobAmount amount, ExactSum value) {
    sum(amount).add(value);
  }

  private void add(String currency) {
    if (!currency.isEmpty()) {
      currencies.add(currency);
    }
  }

  /** Adds a part of the energy that no job held, mJ. */
  void addSharedIdle(BigInteger millijoules) {
    sharedIdle = sharedIdle.add(millijoules);
  }

  private ExactSum sum(JobAmount amount) {
    return sums.computeIfAbsent(amount, none -> new ExactSum());
  }

  /** An amount. */
  BigInteger get(JobAmount amount) {
    return sum(amount).value();
  }

  /** Its energy, mJ. */
  BigInteger millijoules() {
    return get(JobAmount.TOTAL_MILLIJOULES);
  }

  /** What it cost: nothing is known of that if it is in several currencies. */
  ChargeFigures charges() {
    return ChargeFigures.of(
        charges, currencies.size() == 1 ? currencies.first() : "", millijoules());
  }

  /** Its part of the energy that no job held, mJ. */
  BigInteger sharedIdle() {
    return sharedIdle;
  }
}
