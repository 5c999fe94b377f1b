// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.SiteNow;
import io.github.joulestream.serve.live.SitePoint;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sites as they are now: sums over the nodes, with what the supply costs, the budget that is used
 * most and a forecast. Used by any thread.
 */
public final class SiteStates {
  // ZoneOffset.UTC is written as Z
  private static final ZoneId UTC = ZoneId.of("UTC");

  private final EpochClock clock;
  private final Map<String, ZoneId> zones;
  private final CarbonBasis.Scope carbonScope;
  private final Map<String, Known> supplies = new ConcurrentHashMap<>();

  private final Map<String, Running> running = new ConcurrentHashMap<>();

  private record Known(List<GridInterval> intervals, Supply supply) {}

  /** How many of these jobs run. */
  private record Running(List<LiveJob> of, int count) {}

  /**
   * States by that clock.
   *
   * @param zones time zones of sites by name; of others UTC
   * @param carbonScope whose carbon intensities count
   */
  public SiteStates(EpochClock clock, Map<String, ZoneId> zones, CarbonBasis.Scope carbonScope) {
    this.clock = clock;
    this.zones = Map.copyOf(zones);
    this.carbonScope = carbonScope;
  }

  /** Time zone of a site. */
  public ZoneId zone(String site) {
    return zones.getOrDefault(site, UTC);
  }

  /** The wall clock's time, ms. */
  public long epochMillis() {
    return clock.epochMillis();
  }

  /** A site now, for a viewer. */
  SiteState of(LiveSite site, Visibility visibility) {
    Function<String, AlertFigures.Owner> owners = Owners.of(site);
    long firing =
        site.alerts().stream()
            .filter(alert -> alert.state() == AlertState.FIRING)
            .filter(alert -> AlertFigures.isVisible(alert.scope(), visibility, owners))
            .count();
    return of(site, site.jobs(), (int) firing);
  }

  /**
   * A site now.
   *
   * @param jobs of the site
   * @param alertsFiring of those that whoever reads this may see
   */
  public SiteState of(LiveSite site, List<LiveJob> jobs, int alertsFiring) {
    long millis = clock.epochMillis();
    SiteNow now = site.now();
    List<SitePoint> curve = site.curve();
    PowerTrend trend = PowerTrend.of(curve, now.epochMillis());
    Long facility = meter(DeviceKind.FACILITY, now, curve);
    boolean reports = now.nodesReporting() > 0;
    return new SiteState(
        site.name(),
        Times.textOrNull(now.epochMillis()),
        Times.textOrNull(now.arrivedEpochMillis()),
        Times.ageSeconds(now.epochMillis(), millis),
        reports ? (Long) now.milliwatts() : null,
        SiteState.ByKind.of(now.milliwattsByKind()),
        now.jobsMilliwatts(),
        now.idleMilliwatts(),
        now.heldIdleMilliwatts(),
        facility,
        meter(DeviceKind.GENERATION, now, curve),
        facility == null || facility == 0 || now.milliwatts() <= 0
            ? null
            : (Double) ((double) facility / now.milliwatts()),
        now.gpus(),
        Shares.whole(now.gpusAllocatedBasisPoints()),
        Shares.whole(now.gpusBusyBasisPoints()),
        SiteState.Space.of(now.memory()),
        SiteState.Space.of(now.storage()),
        now.nodes(),
        now.nodesReporting(),
        running(site.name(), jobs),
        alertsFiring,
        now.differenceMillijoules(),
        supply(site).now(curve, now.epochMillis(), millis),
        reports ? budget(site, now, trend, millis) : null,
        trend == null ? null : trend.forecast(),
        zone(site.name()).getId());
  }

  /** Counted once for the same list: many ask for a site in the second in which it is the same. */
  @SuppressWarnings("ReferenceEquality")
  private int running(String site, List<LiveJob> jobs) {
    Running known = running.get(site);
    if (known == null || known.of() != jobs) {
      known = new Running(jobs, (int) jobs.stream().filter(SiteStates::isRunning).count());
      running.put(site, known);
    }
    return known.count();
  }

  /** Whether a job runs, or holds anything. */
  public static boolean isRunning(LiveJob job) {
    JobSummary summary = job.summary();
    return (summary != null && summary.state() == JobState.RUNNING)
        || job.nodes().length > 0
        || job.gpuBasisPoints() > 0;
  }

  /** What a site's supply costs and emits, by what is known of it now. */
  Supply supply(LiveSite site) {
    List<GridInterval> intervals = site.grid();
    Known known = supplies.get(site.name());
    if (known == null || !known.intervals().equals(intervals)) {
      known = new Known(intervals, Supply.of(intervals, carbonScope));
      supplies.put(site.name(), known);
    }
    return known.supply();
  }

  /** Whose carbon intensities count. */
  CarbonBasis.Scope carbonScope() {
    return carbonScope;
  }

  /** Power at the site's meters of a kind; null if none reported in the last hour. */
  private static @Nullable Long meter(DeviceKind kind, SiteNow now, List<SitePoint> curve) {
    SiteAmount covered = SiteAmount.meterCovered(kind);
    for (SitePoint point : curve.reversed()) {
      if (point.totals().get(covered) > 0) {
        return now.milliwattsByKind()[kind.code()];
      }
    }
    return null;
  }

  private static SiteState.@Nullable BudgetUse budget(
      LiveSite site, SiteNow now, @Nullable PowerTrend trend, long millis) {
    Budget most = null;
    double used = -1;
    for (Budget budget : site.budgets()) {
      if (budget.quantity() == Quantity.POWER && budget.scope().equals(Scope.SITE)) {
        double ratio = (double) now.milliwatts() / budget.limitAt(millis);
        if (ratio > used) {
          used = ratio;
          most = budget;
        }
      }
    }
    if (most == null) {
      return null;
    }
    long limit = most.limitAt(millis);
    long crossing = trend == null ? -1 : trend.crossing(most, now.milliwatts(), limit);
    return new SiteState.BudgetUse(
        most.id(),
        most.limit().milli(),
        limit,
        used,
        most.thresholds().percent(),
        Times.textOrNull(crossing));
  }
}
