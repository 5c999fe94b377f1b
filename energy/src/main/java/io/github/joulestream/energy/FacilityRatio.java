// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Energy of a site over the energy of its IT equipment, by where the latter is measured. Only what
 * ISO/IEC 30134-2 and EN 50600-4-2 name a category of is called PUE (power usage effectiveness).
 */
public enum FacilityRatio {
  /** By the outputs of UPSs. It is what Regulation (EU) 2024/1364 asks for. */
  PUE_CATEGORY_1("PUE, category 1", DeviceKind.UPS),
  /** By the outputs of PDUs. */
  PUE_CATEGORY_2("PUE, category 2", DeviceKind.PDU),
  /**
   * By what nodes report. Not all IT equipment does, so it is at least the PUE of category 3, at
   * the inputs of the equipment.
   */
  PER_MEASURED_IT("Facility per measured IT", null);

  /**
   * The least ratio of covered time to device time of which energy is compared: below it meters
   * have been silent for so long that the figure would be wrong by more than a percent.
   */
  public static final double LEAST_COVERAGE = 0.99;

  private final String title;
  private final @Nullable DeviceKind meter;

  FacilityRatio(String title, @Nullable DeviceKind meter) {
    this.title = title;
    this.meter = meter;
  }

  /** Its name, for people. */
  public String title() {
    return title;
  }

  /** The energy of the IT equipment that it divides by. */
  public SiteAmount denominator() {
    return meter == null ? SiteAmount.MEASURED_TOTAL_MILLIJOULES : SiteAmount.measured(meter);
  }

  /** The kind of meters that measure the IT equipment; null if its devices are added up. */
  public @Nullable DeviceKind meter() {
    return meter;
  }

  /** The ratio; empty if a meter is not there, or was silent for over a percent of its time. */
  public OptionalDouble of(Totals<SiteAmount> totals) {
    long it = totals.get(denominator());
    if (it <= 0
        || !isKnown(DeviceKind.FACILITY, totals)
        || (meter != null && !isKnown(requireNonNull(meter), totals))) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((double) totals.get(SiteAmount.FACILITY_MILLIJOULES) / it);
  }

  /** True if there are meters of this kind, and they covered their time. */
  public static boolean isKnown(DeviceKind meter, Totals<SiteAmount> totals) {
    long covered = totals.get(SiteAmount.meterCovered(meter));
    long uncovered = totals.get(SiteAmount.meterUncovered(meter));
    return totals.get(SiteAmount.measured(meter)) > 0
        && covered >= LEAST_COVERAGE * (covered + uncovered);
  }
}
