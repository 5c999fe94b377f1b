// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.StepEnergy;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.energy.grid.UsedSeries;
import io.github.joulestream.serve.live.SitePoint;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a kWh of a site's supply costs and emits: of the energy that the site consumes, so overhead
 * is not in it (it is in the charges of jobs, see {@link StepFactors}).
 */
final class Supply {
  private static final int MILLIS_PER_SECOND = 1_000;
  private static final int MINUTE_MILLIS = 60_000;
  // what the meters measured longer ago is not what they measure now
  private static final int RECENT_MILLIS = 120_000;
  private static final GridSeries PRICE = GridSeries.of(SeriesKind.PRICE);

  private final GridFactors factors;

  private Supply(GridFactors factors) {
    this.factors = factors;
  }

  /**
   * Of the values of a site.
   *
   * @param scope whose intensities count
   */
  static Supply of(Collection<GridInterval> intervals, Scope scope) {
    return new Supply(GridFactors.of(intervals, Long.MAX_VALUE, scope));
  }

  /** What holds now; own generation is that of the last minute of which windows are whole. */
  SiteState.Factor now(List<SitePoint> curve, long latestReading, long now) {
    int second = MILLIS_PER_SECOND;
    StepFactors price = factors.at(now, second, StepEnergy.measured(1));
    Totals<SiteAmount> minute = Totals.ofSite();
    long end = Long.MIN_VALUE;
    for (SitePoint point : curve) {
      if (PowerTrend.isWhole(point, latestReading)) {
        end = Math.max(end, point.windowStart() + PowerTrend.WINDOW_MILLIS);
      }
    }
    for (SitePoint point : curve) {
      long start = point.windowStart();
      if (start >= end - MINUTE_MILLIS && start < end) {
        minute.addAllSaturated(point.totals());
      }
    }
    boolean isRecent = end >= now - RECENT_MILLIS;
    long from = isRecent ? end - MINUTE_MILLIS : now;
    int step = isRecent ? MINUTE_MILLIS : second;
    StepEnergy load = isRecent ? load(MINUTE_MILLIS, minute) : StepEnergy.measured(0);
    StepFactors mix = factors.at(from, step, load);
    OptionalLong own =
        load.measuredMillijoules() > 0
            ? factors.ownMillijoules(from, step, load)
            : OptionalLong.empty();
    OptionalLong until = factors.endOf(PRICE, now);
    return new SiteState.Factor(
        value(price.priceNano()),
        factors.currency().orElse(""),
        value(mix.locationNano()),
        value(mix.renewableNano()),
        own.isPresent() ? (Double) ratio(own.getAsLong(), load.measuredMillijoules()) : null,
        until.isPresent() ? Times.text(until.getAsLong()) : null,
        quality(now, now + second) == GridQuality.SYNTHETIC);
  }

  /** Factors of a step in which meters measured this. */
  StepFactors at(long stepStart, int stepMillis, Totals<SiteAmount> totals) {
    return factors.at(stepStart, stepMillis, load(stepMillis, totals));
  }

  String currency() {
    return factors.currency().orElse("");
  }

  /** The least of the qualities of values that are used in a range; null if there are none. */
  @Nullable GridQuality quality(long from, long to) {
    GridQuality least = null;
    for (UsedSeries used : factors.used(from, to)) {
      GridQuality one = used.millis().lastKey();
      if (isShown(used) && (least == null || one.compareTo(least) > 0)) {
        least = one;
      }
    }
    return least;
  }

  /** When the latest of the values that are used in a range was issued; -1 if there are none. */
  long issued(long from, long to) {
    long issued = -1;
    for (UsedSeries used : factors.used(from, to)) {
      issued = isShown(used) ? Math.max(issued, used.lastIssued()) : issued;
    }
    return issued;
  }

  private static boolean isShown(UsedSeries used) {
    SeriesKind kind = used.series().kind();
    return kind != SeriesKind.FIXED_CHARGE && kind != SeriesKind.DEMAND_CHARGE;
  }

  /**
   * What the site consumed: at the facility's meters if they cover their time, else what its
   * devices measured. As it is both the energy and the load, no factor holds overhead.
   */
  private static StepEnergy load(int stepMillis, Totals<SiteAmount> totals) {
    long load =
        FacilityRatio.isKnown(DeviceKind.FACILITY, totals)
            ? totals.get(SiteAmount.FACILITY_MILLIJOULES)
            : totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    return new StepEnergy(
        load,
        StepEnergy.UNKNOWN,
        StepEnergy.metered(DeviceKind.GENERATION, stepMillis, totals),
        StepEnergy.metered(DeviceKind.EXPORT, stepMillis, totals));
  }

  /** Of 1e-9; null if it is not known. */
  static @Nullable Double value(long nano) {
    return nano == StepFactors.UNKNOWN ? null : (Double) (nano / (double) GridInterval.NANO);
  }

  private static double ratio(long part, long whole) {
    return (double) part / whole;
  }
}
