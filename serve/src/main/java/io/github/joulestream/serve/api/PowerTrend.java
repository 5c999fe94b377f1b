// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Trend;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.serve.live.SitePoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the power of a site leads: the {@link Trend} of its last ten minutes, by which the watch
 * forecasts budgets, too.
 */
final class PowerTrend {
  static final int WINDOW_MILLIS = 10_000;

  /** How far it is continued, ms. */
  static final long AHEAD_MILLIS = 900_000;

  private static final long SAMPLES_MILLIS = 600_000;
  private static final int MOST = (int) (SAMPLES_MILLIS / WINDOW_MILLIS);
  private static final int MILLIS = 1_000;
  // as the watch: below this share of the limit nothing is forecast
  private static final double FORECAST_FROM = 0.5;

  private final Trend trend;
  private final long latest;

  private PowerTrend(Trend trend, long latest) {
    this.trend = trend;
    this.latest = latest;
  }

  /**
   * The trend of the windows that are whole; null if there are too few of them.
   *
   * @param epochMillis time of the latest reading of the site
   */
  static @Nullable PowerTrend of(List<SitePoint> curve, long epochMillis) {
    long[] times = new long[MOST];
    double[] milliwatts = new double[MOST];
    int size = 0;
    long from = epochMillis - WINDOW_MILLIS - SAMPLES_MILLIS;
    for (SitePoint point : curve) {
      long end = point.windowStart() + WINDOW_MILLIS;
      if (end > from && isWhole(point, epochMillis) && size < MOST) {
        times[size] = end;
        milliwatts[size++] =
            (double) point.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                / (WINDOW_MILLIS / MILLIS);
      }
    }
    Trend trend = Trend.of(times, milliwatts, size);
    return trend == null ? null : new PowerTrend(trend, times[size - 1]);
  }

  /** Whether readings of a window no longer arrive: later ones have, a window after its end. */
  static boolean isWhole(SitePoint point, long epochMillis) {
    return point.windowStart() + 2L * WINDOW_MILLIS <= epochMillis;
  }

  /** Power at the end of the time that is forecast; null where the interval has no ends. */
  SiteState.@Nullable Forecast forecast() {
    if (Double.isInfinite(trend.lowSlope()) || Double.isInfinite(trend.highSlope())) {
      return null;
    }
    return new SiteState.Forecast(
        Times.text(latest + AHEAD_MILLIS),
        ahead(trend.slope()),
        ahead(trend.lowSlope()),
        ahead(trend.highSlope()));
  }

  private long ahead(double slope) {
    return Math.max(0, Math.round(trend.level() + slope * AHEAD_MILLIS));
  }

  /** When a budget's limit is passed, Unix epoch, ms; -1 if that is not foreseen. */
  long crossing(Budget budget, long milliwatts, long limit) {
    long horizon = budget.timing().forecastMillis();
    if (horizon == 0 || milliwatts >= limit || milliwatts < FORECAST_FROM * limit) {
      return -1;
    }
    long left = trend.millisTo((double) limit, horizon);
    return left == Long.MAX_VALUE ? -1 : latest + left;
  }
}
