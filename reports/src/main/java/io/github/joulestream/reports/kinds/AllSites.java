// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** What several sites are together: sums of energies, and ratios of sums, never means of ratios. */
final class AllSites {
  private static final MathContext DIGITS = new MathContext(12);

  private AllSites() {}

  static ExactSum sum(Collection<SiteUse> sites, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    sites.forEach(site -> sum.add(site.sum(amount)));
    return sum;
  }

  static Charges charges(Collection<SiteUse> sites, Function<SiteUse, Charges> of) {
    Charges charges = new Charges();
    sites.forEach(site -> charges.add(of.apply(site)));
    return charges;
  }

  /** Energy of all facilities; empty if that of one is not known. */
  static Optional<ExactSum> facility(Collection<SiteUse> sites) {
    ExactSum sum = new ExactSum();
    for (SiteUse site : sites) {
      Optional<ExactSum> facility = site.facility();
      if (facility.isEmpty()) {
        return Optional.empty();
      }
      sum.add(facility.get());
    }
    return sites.isEmpty() ? Optional.empty() : Optional.of(sum);
  }

  /** The ratio of all facilities, weighted by energy; empty unless all have the same one. */
  static Optional<Map.Entry<String, BigDecimal>> facilityRatio(Collection<SiteUse> sites) {
    if (sites.size() == 1) {
      return sites.iterator().next().facilityRatio();
    }
    String name = "";
    BigDecimal facility = BigDecimal.ZERO;
    BigDecimal it = BigDecimal.ZERO;
    for (SiteUse site : sites) {
      Optional<Map.Entry<String, BigDecimal>> ratio = site.facilityRatio();
      if (ratio.isEmpty()
          || site.facility().isEmpty()
          || (!name.isEmpty() && !name.equals(ratio.get().getKey()))) {
        return Optional.empty();
      }
      name = ratio.get().getKey();
      BigDecimal energy = new BigDecimal(site.facility().get().value());
      facility = facility.add(energy);
      it = it.add(energy.divide(ratio.get().getValue(), DIGITS));
    }
    return it.signum() == 0
        ? Optional.empty()
        : Optional.of(Map.entry(name, facility.divide(it, DIGITS)));
  }

  /** Fixed and demand charges, by what they are. */
  static SortedMap<String, BigDecimal> otherCharges(Collection<SiteUse> sites) {
    SortedMap<String, BigDecimal> sums = new TreeMap<>();
    for (SiteUse site : sites) {
      site.otherCharges().forEach((name, amount) -> sums.merge(name, amount, BigDecimal::add));
    }
    return sums;
  }

  /** Hours that sites have a ledger of, in the mean over sites. */
  static BigDecimal ledgerHours(PeriodData data) {
    long millis = 0;
    for (SiteUse site : data.sites().values()) {
      for (int step = 0; step < site.steps(); step++) {
        if (site.hasLedger(step)) {
          millis += site.stepMillis();
        }
      }
    }
    return data.sites().isEmpty()
        ? BigDecimal.ZERO
        : BigDecimal.valueOf(millis)
            .divide(BigDecimal.valueOf(3_600_000L * data.sites().size()), DIGITS);
  }
}
