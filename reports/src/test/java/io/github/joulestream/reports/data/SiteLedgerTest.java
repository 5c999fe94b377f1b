// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.StepEnergy;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteLedgerTest {
  private static final int HOUR = 3_600_000;
  private static final TimeRange RANGE = new TimeRange(0, HOUR);
  private static final long KILOWATT_HOUR = 3_600_000_000L;

  private static StepFactors factors(Totals<SiteAmount> totals) {
    GridInterval half =
        new GridInterval(
            "east",
            GridSeries.of(SeriesKind.MIX, EnergySource.RENEWABLE),
            0,
            HOUR,
            GridInterval.NANO / 2,
            "",
            GridQuality.MEASURED,
            0,
            false,
            GridInterval.Origin.UNKNOWN);
    GridInterval intensity =
        new GridInterval(
            "east",
            GridSeries.carbon(
                new CarbonBasis(
                    CarbonBasis.Method.LOCATION,
                    CarbonBasis.Rate.AVERAGE,
                    CarbonBasis.Scope.LIFECYCLE)),
            0,
            HOUR,
            160 * GridInterval.NANO,
            "",
            GridQuality.MEASURED,
            0,
            false,
            GridInterval.Origin.UNKNOWN);
    GridFactors grid = GridFactors.of(List.of(half, intensity), HOUR, CarbonBasis.Scope.LIFECYCLE);
    SiteLedger ledger = new SiteLedger("east", RANGE, HOUR, grid);
    ledger.add(
        new SiteStep("east", 0, totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, KILOWATT_HOUR)));
    return ledger.factors(0);
  }

  @Test
  void siteWithoutGeneration_hasTheShareOfTheGrid() {
    assertThat(factors(Totals.ofSite()).renewableNano()).isEqualTo(GridInterval.NANO / 2);
  }

  @Test
  void silentMeterOfGeneration_leavesTheShareUnknown() {
    Totals<SiteAmount> silent = Totals.ofSite().add(SiteAmount.GENERATION_UNCOVERED_MILLIS, HOUR);
    assertThat(factors(silent).renewableNano()).isEqualTo(StepFactors.UNKNOWN);
  }

  @Test
  void meterOfGenerationAtNight_leavesTheShareOfTheGrid() {
    Totals<SiteAmount> night = Totals.ofSite().add(SiteAmount.GENERATION_COVERED_MILLIS, HOUR);
    assertThat(factors(night).renewableNano()).isEqualTo(GridInterval.NANO / 2);
  }

  private static Totals<SiteAmount> meters(long covered, long uncovered) {
    return Totals.ofSite()
        .add(SiteAmount.GENERATION_COVERED_MILLIS, covered)
        .add(SiteAmount.GENERATION_UNCOVERED_MILLIS, uncovered)
        .add(SiteAmount.GENERATION_MILLIJOULES, KILOWATT_HOUR / 2)
        .add(SiteAmount.EXPORT_COVERED_MILLIS, covered)
        .add(SiteAmount.EXPORT_UNCOVERED_MILLIS, uncovered);
  }

  /** Half of the load is generated, and nothing exported: the location's mix has the rest. */
  @Test
  void stepUnderWay_isKnownBesidesTheWindowsAtItsEdges() {
    assertThat(factors(meters(300_000, 20_000)).locationNano()).isEqualTo(80 * GridInterval.NANO);
    assertThat(factors(meters(20_000, 20_000)).locationNano()).isEqualTo(80 * GridInterval.NANO);
  }

  @Test
  void stepUnderWay_withAGap_isNotKnown() {
    assertThat(factors(meters(300_000, 20_001)).locationNano()).isEqualTo(StepFactors.UNKNOWN);
    assertThat(factors(meters(19_999, 20_000)).locationNano()).isEqualTo(StepFactors.UNKNOWN);
    assertThat(factors(meters(0, 10_000)).locationNano()).isEqualTo(StepFactors.UNKNOWN);
  }

  /** A quarter of an hour that is whole has no edges: over a percent of it is a gap. */
  @Test
  void wholeStep_isKnownIfMetersCovered99PerCent() {
    assertThat(StepEnergy.metered(DeviceKind.EXPORT, 900_000, meters(890_000, 10_000)))
        .isEqualTo(StepEnergy.SILENT);
    assertThat(StepEnergy.metered(DeviceKind.EXPORT, 900_000, meters(880_000, 10_000))).isZero();
    assertThat(StepEnergy.metered(DeviceKind.EXPORT, 900_000, meters(891_000, 9_000))).isZero();
  }
}
