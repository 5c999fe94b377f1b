// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.ExactSum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Energy of a facility over a period, and its ratio. Both are known if meters covered their time in
 * steps that have 99 % of the measured energy; a ratio is of the steps in which both of its meters
 * did, as docs/decisions/0058 has it.
 */
final class FacilityEnergy {
  private static final int RATIO_SCALE = 6;
  private static final BigInteger HUNDRED = BigInteger.valueOf(100);
  private static final BigInteger LEAST_PERCENT = BigInteger.valueOf(99);

  private final ExactSum facility = new ExactSum();
  private final ExactSum measured = new ExactSum();
  private final Map<FacilityRatio, Part> parts = new EnumMap<>(FacilityRatio.class);

  private static final class Part {
    final ExactSum facility = new ExactSum();
    final ExactSum it = new ExactSum();
    final ExactSum measured = new ExactSum();
  }

  /** Adds a step. */
  void add(Totals<SiteAmount> totals) {
    long facilityEnergy = totals.get(SiteAmount.FACILITY_MILLIJOULES);
    long measuredEnergy = totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    facility.add(facilityEnergy);
    measured.add(measuredEnergy);
    for (FacilityRatio ratio : FacilityRatio.values()) {
      if (ratio.of(totals).isPresent()) {
        Part part = parts.computeIfAbsent(ratio, r -> new Part());
        part.facility.add(facilityEnergy);
        part.it.add(totals.get(ratio.denominator()));
        part.measured.add(measuredEnergy);
      }
    }
  }

  /** Energy at the facility's meters; empty if it has none, or they were silent too long. */
  Optional<ExactSum> energy() {
    return isKnown(FacilityRatio.PER_MEASURED_IT) ? Optional.of(facility.copy()) : Optional.empty();
  }

  /** The first of the ratios that is known. */
  Optional<Map.Entry<String, BigDecimal>> ratio() {
    for (FacilityRatio ratio : FacilityRatio.values()) {
      Part part = parts.get(ratio);
      if (part != null && isKnown(ratio)) {
        return Optional.of(
            Map.entry(ratio.title(), part.facility.dividedBy(part.it.value(), RATIO_SCALE)));
      }
    }
    return Optional.empty();
  }

  /** Measured energy of the steps in which the facility's energy is known. */
  ExactSum measuredWithFacility() {
    Part part = parts.get(FacilityRatio.PER_MEASURED_IT);
    return part == null ? new ExactSum() : part.measured.copy();
  }

  /** True if some step has it. */
  boolean hasMeter() {
    return !facility.isZero();
  }

  private boolean isKnown(FacilityRatio ratio) {
    Part part = parts.get(ratio);
    return part != null
        && !measured.isZero()
        && part.measured
                .value()
                .multiply(HUNDRED)
                .compareTo(measured.value().multiply(LEAST_PERCENT))
            >= 0;
  }
}
