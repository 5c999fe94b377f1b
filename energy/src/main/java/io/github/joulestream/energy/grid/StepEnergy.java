// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;

/**
 * What a site's meters measured in a step of time, mJ. {@link #UNKNOWN} where there is no meter,
 * {@link #SILENT} where there is one that was silent for a part of the step.
 *
 * @param measuredMillijoules of all devices: of jobs and idle together
 * @param facilityMillijoules all that the site consumed
 * @param meteredGenerationMillijoules on-site generation
 * @param meteredExportMillijoules fed into the grid
 */
public record StepEnergy(
    long measuredMillijoules,
    long facilityMillijoules,
    long meteredGenerationMillijoules,
    long meteredExportMillijoules) {
  /** Of what no meter measures: there is no generation and no export but what a feed says. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Of what a meter measures that was silent: nobody knows whether there was any. */
  public static final long SILENT = Long.MIN_VALUE + 1;

  /**
   * The greatest energy of a facility over the measured energy that is used: beyond, so little of
   * the site was measured that its overhead cannot be booked on it.
   */
  public static final long GREATEST_RATIO = 1_000_000;

  /**
   * The time of a meter begins and ends with whole windows: what of the first is before its first
   * reading, and of the newest after its last, counts as uncovered and is no gap.
   */
  private static final int EDGES_MILLIS = 2 * Windows.MILLIS;

  /**
   * Energy at a site's meters of a kind that covered their time; of generation at night it is 0,
   * and known. In a step that is under way, or in which the first of them began to report, the two
   * windows at the edges need not be covered: they would be over a percent of its first half hour.
   *
   * @param stepMillis length of the step, ms; one in which meters had less time is a part
   */
  public static long metered(DeviceKind kind, int stepMillis, Totals<SiteAmount> totals) {
    long covered = totals.get(SiteAmount.meterCovered(kind));
    long uncovered = totals.get(SiteAmount.meterUncovered(kind));
    long all = covered + uncovered;
    if (all == 0) {
      return UNKNOWN;
    }
    boolean isPart = all < stepMillis;
    boolean isCovered =
        covered >= FacilityRatio.LEAST_COVERAGE * all
            || (isPart && uncovered <= EDGES_MILLIS && covered >= uncovered);
    return covered > 0 && isCovered ? totals.get(SiteAmount.measured(kind)) : SILENT;
  }

  /** Of a site without meters. */
  public static StepEnergy measured(long millijoules) {
    return new StepEnergy(millijoules, UNKNOWN, UNKNOWN, UNKNOWN);
  }

  /** True if the energy of the facility is known, and a ratio to the measured energy exists. */
  boolean hasRatio() {
    return facilityMillijoules > 0
        && measuredMillijoules > 0
        && facilityMillijoules / GREATEST_RATIO < measuredMillijoules;
  }

  /** What the site consumed, as far as it is known. */
  long loadMillijoules() {
    return hasRatio() ? facilityMillijoules : measuredMillijoules;
  }
}
