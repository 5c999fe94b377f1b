// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.health.PipelineHealth;
import io.github.joulestream.store.points.AlertPoint;
import io.github.joulestream.store.points.BudgetPoint;
import io.github.joulestream.store.points.CapacityPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.PoolPeakPoints;
import io.github.joulestream.store.points.SiteWindowPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Two sites over three hours, with figures that can be worked out by hand. In the first, second and
 * third hour they consume 1, 2 and 1.5 times their power: site east 6,000 W, site west half of it.
 *
 * <p>Of east's power 4,000 W are GPUs, 500 W memory, 300 W storage, 700 W CPUs and 500 W the rest
 * of its nodes; four fifths are booked to jobs, of these three quarters to {@code j-1} and the rest
 * to {@code j 2/b}. Only east has meters of the site: its facility consumes 1.3 times its power,
 * its UPSs deliver 1.04 times and its PDUs 1.02 times of it, and it generates a tenth, exports a
 * hundredth and uses 1.2 l/kWh of water. A second UPS is silent in one window of the second hour,
 * of which the meters measured half. West's jobs are {@code j-3}, which still runs. Each site has
 * two nodes: {@code n 1} consumes two thirds of its power. One window of east was corrected late,
 * by a part of its own of 10,000 J.
 */
final class KnownSites {
  /** 2026-01-01, 00:00 UTC. */
  static final long START = 1_767_225_600_000L;

  static final long HOUR = 3_600_000;
  static final long END = START + 3 * HOUR;
  static final int WINDOW = 10_000;
  private static final long SILENT = START + HOUR + 20 * WINDOW;
  static final long LATE_MILLIJOULES = 10_000_000;

  private static final int[] TENTHS_BY_HOUR = {10, 20, 15};

  private final List<StorePoint> points = new ArrayList<>();

  private KnownSites() {}

  static List<StorePoint> points() {
    KnownSites sites = new KnownSites();
    sites.site("east", 600, true);
    sites.site("west", 300, false);
    sites.late();
    sites.job("east", "j-1", "ann", "alpha", 360, JobState.COMPLETED, START + 2 * HOUR);
    sites.job("east", "j 2/b", "bob", "beta", 120, JobState.FAILED, END - 1);
    sites.job("west", "j-3", "ann", "alpha", 240, JobState.RUNNING, JobSpan.OPEN);
    sites.laterPart();
    sites.health();
    sites.capacity("east", 500);
    sites.capacity("west", 250);
    sites.pools();
    sites.budgets();
    sites.alerts();
    sites.points.addAll(KnownDevices.of("east"));
    sites.points.addAll(KnownDevices.of("west"));
    sites.points.addAll(KnownPlacements.points());
    sites.points.addAll(KnownSupply.points());
    return sites.points;
  }

  static long tenths(long time) {
    return TENTHS_BY_HOUR[(int) ((time - START) / HOUR)];
  }

  private void site(String site, long tenWatts, boolean facility) {
    for (long hour = START; hour < END; hour += HOUR) {
      Totals<SiteAmount> ofHour = Totals.ofSite();
      for (long time = hour; time < hour + HOUR; time += WINDOW) {
        Totals<SiteAmount> totals = window(tenWatts * tenths(time), facility);
        if (facility) {
          meters(totals, tenWatts * tenths(time) * WINDOW, time == SILENT);
        }
        put(new SiteWindow(site, time, WINDOW, totals));
        Totals<SiteAmount> third = window(tenWatts * tenths(time) / 3, false);
        // two parts of one node, which add up
        points.add(
            NodeWindowPoint.of(new NodeWindow(site, "n 1", time, WINDOW, third, time + 900)));
        points.add(
            NodeWindowPoint.of(new NodeWindow(site, "n 1", time, WINDOW, third, time + 1_400)));
        points.add(
            NodeWindowPoint.of(new NodeWindow(site, "n 2", time, WINDOW, third, time + 900)));
        ofHour.addAll(totals);
      }
      if (site.equals("east") && hour == START) {
        ofHour.addAll(lateTotals());
      }
      put(new SiteWindow(site, hour, (int) HOUR, ofHour));
      quarters(site, hour, tenWatts, facility);
    }
  }

  private void quarters(String site, long hour, long tenWatts, boolean facility) {
    for (long start = hour; start < hour + HOUR; start += Windows.QUARTER_HOUR_MILLIS) {
      Totals<SiteAmount> ofQuarter = Totals.ofSite();
      for (int i = 0; i < Windows.QUARTER_HOUR_MILLIS / WINDOW; i++) {
        ofQuarter.addAll(window(tenWatts * tenths(hour), facility));
      }
      if (site.equals("east") && start == START) {
        ofQuarter.addAll(lateTotals());
      }
      put(new SiteWindow(site, start, Windows.QUARTER_HOUR_MILLIS, ofQuarter));
    }
  }

  /**
   * @param watts of all devices
   */
  private static Totals<SiteAmount> window(long watts, boolean facility) {
    long all = watts * WINDOW;
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, all);
    totals.add(SiteAmount.MEASURED_GPU_MILLIJOULES, all * 40 / 60);
    totals.add(SiteAmount.MEASURED_MEMORY_MILLIJOULES, all * 5 / 60);
    totals.add(SiteAmount.MEASURED_STORAGE_MILLIJOULES, all * 3 / 60);
    totals.add(SiteAmount.MEASURED_CPU_MILLIJOULES, all * 7 / 60);
    totals.add(SiteAmount.MEASURED_NODE_MILLIJOULES, all);
    totals.add(SiteAmount.JOBS_TOTAL_MILLIJOULES, all * 8 / 10);
    totals.add(SiteAmount.IDLE_TOTAL_MILLIJOULES, all * 2 / 10);
    totals.add(SiteAmount.HELD_IDLE_MILLIJOULES, all / 10);
    totals.add(SiteAmount.FACILITY_MILLIJOULES, facility ? all * 13 / 10 : 0);
    totals.add(SiteAmount.QUALITY_MEASURED_MILLIJOULES, all * 9 / 10);
    totals.add(SiteAmount.QUALITY_ESTIMATED_MILLIJOULES, all * 6 / 100);
    totals.add(SiteAmount.QUALITY_MODELLED_MILLIJOULES, all * 4 / 100);
    totals.add(SiteAmount.EXCLUSIVE_MILLIJOULES, all * 6 / 10);
    totals.add(SiteAmount.SHARED_MILLIJOULES, all * 2 / 10);
    totals.add(SiteAmount.COVERED_MILLIS, 98L * WINDOW);
    totals.add(SiteAmount.UNCOVERED_MILLIS, 2L * WINDOW);
    totals.add(SiteAmount.GPU_MILLIS, 10L * WINDOW);
    totals.add(SiteAmount.GPU_ALLOCATED_MILLIS, 8L * WINDOW);
    totals.add(SiteAmount.GPU_BUSY_MILLIS, 6L * WINDOW);
    totals.add(SiteAmount.MEMORY_MEBIBYTE_MILLIS, 1_000_000L * WINDOW);
    totals.add(SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS, 600_000L * WINDOW);
    // the more power, the more memory: 200,000 to 400,000 MiB in east
    totals.add(SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS, watts * 100 / 3 * WINDOW);
    totals.add(SiteAmount.STORAGE_MEBIBYTE_MILLIS, 8_000_000L * WINDOW);
    totals.add(SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS, 4_000_000L * WINDOW);
    totals.add(SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS, 2_000_000L * WINDOW);
    totals.add(SiteAmount.STORAGE_MILLIS, 4L * WINDOW);
    totals.add(SiteAmount.STORAGE_BUSY_MILLIS, WINDOW);
    totals.add(SiteAmount.READINGS, 300);
    totals.add(SiteAmount.REFUSED_SENTINEL, 1);
    return totals;
  }

  private static void meters(Totals<SiteAmount> totals, long all, boolean silent) {
    totals.add(SiteAmount.FACILITY_COVERED_MILLIS, WINDOW);
    totals.add(SiteAmount.UPS_MILLIJOULES, silent ? all * 52 / 100 : all * 104 / 100);
    totals.add(SiteAmount.UPS_COVERED_MILLIS, silent ? WINDOW : 2 * WINDOW);
    totals.add(SiteAmount.UPS_UNCOVERED_MILLIS, silent ? WINDOW : 0);
    totals.add(SiteAmount.PDU_MILLIJOULES, all * 102 / 100);
    totals.add(SiteAmount.PDU_COVERED_MILLIS, 2 * WINDOW);
    totals.add(SiteAmount.GENERATION_MILLIJOULES, all / 10);
    totals.add(SiteAmount.GENERATION_COVERED_MILLIS, WINDOW);
    totals.add(SiteAmount.EXPORT_MILLIJOULES, all / 100);
    totals.add(SiteAmount.EXPORT_COVERED_MILLIS, WINDOW);
    totals.add(SiteAmount.WATER_MILLILITRES, all / 3_000_000);
  }

  private static Totals<SiteAmount> lateTotals() {
    return Totals.ofSite()
        .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, LATE_MILLIJOULES)
        .add(SiteAmount.IDLE_TOTAL_MILLIJOULES, LATE_MILLIJOULES);
  }

  private void late() {
    put(new SiteWindow("east", START + 50 * WINDOW, WINDOW, lateTotals(), START + 2 * HOUR));
  }

  private void put(SiteWindow window) {
    points.add(SiteWindowPoint.of(window));
    points.add(LedgerPoint.of(window));
  }

  /** Every minute and hour the same; only east reports how much of its storage is used. */
  private void capacity(String site, long memoryWatts) {
    SiteCapacity memory =
        new SiteCapacity(
            1_000_000,
            600_000,
            250_000,
            150_000,
            1_000_000,
            200_000,
            230_000,
            420_000,
            20_000,
            1_000 * memoryWatts);
    boolean known = site.equals("east");
    SiteCapacity storage =
        new SiteCapacity(
            8_000_000,
            4_000_000,
            3_000_000,
            1_000_000,
            known ? 8_000_000 : 0,
            known ? 2_000_000 : -1,
            known ? 2_100_000 : -1,
            known ? 2_500_000 : -1,
            known ? 500_000 : -1,
            300_000);
    StorageGrowth.Forecast growth =
        known
            ? new StorageGrowth.Forecast(
                5_000_000_000L,
                4_000_000_000L,
                6_000_000_000L,
                END + 100 * 24 * HOUR,
                END + 80 * 24 * HOUR,
                END + 120 * 24 * HOUR)
            : null;
    for (int millis : new int[] {Capacity.MINUTE_MILLIS, (int) HOUR}) {
      for (long time = START; time < END; time += millis) {
        points.add(
            CapacityPoint.of(
                new Capacity(
                    site,
                    time,
                    millis,
                    millis / WINDOW,
                    16,
                    16,
                    128,
                    1_000_000,
                    memory,
                    storage,
                    millis == HOUR ? growth : null)));
      }
    }
  }

  /**
   * 16 nodes of 1,000 MiB: each uses 900 in one of the three hours and 300 in the others; of each
   * eight at most 5,000 at once, of all 8,000.
   */
  private void pools() {
    for (long hour = START; hour < END; hour += HOUR) {
      int third = (int) ((hour - START) / HOUR);
      List<PoolPeaks.Group> single = new ArrayList<>();
      for (int n = 0; n < 16; n++) {
        single.add(new PoolPeaks.Group(n, n % 3 == third ? 900 : 300, 1_000));
      }
      long ofEight = 4_000L + 500L * third;
      peaks(hour, 1, single);
      peaks(
          hour,
          8,
          List.of(
              new PoolPeaks.Group(0, ofEight, 8_000),
              new PoolPeaks.Group(1, 9_000 - ofEight, 8_000)));
      peaks(hour, 16, List.of(new PoolPeaks.Group(0, third == 1 ? 8_000 : 7_000, 16_000)));
      peaks(
          hour, PoolPeaks.ALL, List.of(new PoolPeaks.Group(0, third == 1 ? 8_000 : 7_000, 16_000)));
    }
  }

  private void peaks(long hour, int size, List<PoolPeaks.Group> groups) {
    for (DeviceKind resource : List.of(DeviceKind.MEMORY, DeviceKind.STORAGE)) {
      points.addAll(PoolPeakPoints.of(new PoolPeaks("east", hour, resource, size, groups)));
    }
  }

  private void budgets() {
    long day = 24 * HOUR;
    budget(START - 40 * day, "east", "all", "site", Quantity.POWER, 10_000_000L);
    // a lower one came a year ago, before it was raised
    budget(START - 400 * day, "east", "grid", "site", Quantity.POWER, 7_000_000L);
    budget(START - 300 * day, "east", "grid", "site", Quantity.POWER, 8_500_000L);
    budget(
        START - 40 * day, "east", "day", "project=alpha", Quantity.ENERGY_PER_DAY, 3_600_000_000L);
    budget(START - 40 * day, "east", "kwh", "site", Quantity.ENERGY_PER_DAY, 180_000_000_000L);
    budget(START - 40 * day, "west", "r1", "rack=r1", Quantity.POWER, 1_000_000L);
    budget(START - 40 * day, "west", "all", "site", Quantity.POWER, 1_000_000L);
    points.add(BudgetPoint.of("west/all", null, START - 39 * day));
  }

  private void budget(
      long time, String site, String name, String scope, Quantity quantity, long limit) {
    points.add(
        BudgetPoint.of(
            site + "/" + name,
            Budget.of(site, name, Scope.parse(scope), Limit.of(quantity, limit)),
            time));
  }

  private void alerts() {
    alert("a1", "east", "site", AlertState.RESOLVED, START + HOUR, START + 2 * HOUR);
    alert("a2", "east", "job=j-1", AlertState.FIRING, END - HOUR, AlertTimes.OPEN);
    alert("a3", "west", "rack=r1", AlertState.RESOLVED, END - HOUR / 2, END - HOUR / 3);
  }

  private void alert(
      String id, String site, String scope, AlertState state, long since, long ended) {
    points.add(
        AlertPoint.of(
            new Alert(
                id,
                new AlertSubject(Rule.POWER_BUDGET, site, "all", scope),
                Severity.CRITICAL,
                state,
                new AlertMeasurement(12_000, 8_500, "W", 100, 10_000),
                new AlertTimes(since, since + 60_000, ended),
                List.of(new Contributor(Contributor.Consumer.JOB, "j-1", 6_000, 7_200_000)),
                "draws too much",
                2,
                new AlertRouting("", "facilities", "of the feed"))));
  }

  /** How the pipeline did in the last minutes. */
  private void health() {
    for (long time = END - 10 * 60_000; time < END; time += WINDOW) {
      points.add(
          PipelineHealth.point(
              "kafka", "telemetry", "", time, Map.of("records_per_second", 300.0)));
      points.add(
          PipelineHealth.point(
              "joulestream",
              "telemetry",
              "",
              time,
              Map.of("lag_records", 7L, "records_per_second", 200.0)));
      points.add(
          PipelineHealth.point(
              "writer-1",
              "",
              "",
              time,
              Map.of(
                  "points_per_second",
                  450.0,
                  "unreadable",
                  1L,
                  "refused_by_store",
                  3L,
                  "retries",
                  0L)));
      for (String site : List.of("east", "west")) {
        points.add(
            PipelineHealth.point(
                "store",
                "",
                site,
                time,
                Map.of("age_millis", 12_000L, "difference_millijoules", 0L)));
      }
    }
  }

  private void job(
      String site,
      String job,
      String user,
      String project,
      long tenWatts,
      JobState state,
      long end) {
    Totals<JobAmount> life = Totals.ofJob();
    SortedMap<Long, Totals<JobAmount>> quarters = new TreeMap<>();
    for (long time = START; time < END; time += WINDOW) {
      Totals<JobAmount> totals = jobTotals(tenWatts * tenths(time) * WINDOW);
      points.add(JobWindowPoint.of(new JobWindow(site, job, time, WINDOW, totals)));
      life.addAll(totals);
      quarters.computeIfAbsent(KnownPlacements.quarterOf(time), _ -> Totals.ofJob()).addAll(totals);
    }
    quarters.forEach((start, totals) ->
        points.add(KnownPlacements.quarter(site, job, user, project, start, totals)));
    life.add(JobAmount.NODES_HELD, 4);
    life.add(JobAmount.NODES_RELEASED, state.ended() ? 4 : 0);
    points.add(
        JobSummaryPoint.of(
            summary(site, job, user, project, state, end, tenWatts * 20_000, life, 0)));
  }

  private static Totals<JobAmount> jobTotals(long all) {
    return Totals.ofJob()
        .add(JobAmount.TOTAL_MILLIJOULES, all)
        .add(JobAmount.GPU_MILLIJOULES, all * 40 / 60)
        .add(JobAmount.MEMORY_MILLIJOULES, all * 5 / 60)
        .add(JobAmount.STORAGE_MILLIJOULES, all * 3 / 60)
        .add(JobAmount.CPU_MILLIJOULES, all * 7 / 60)
        .add(JobAmount.NODE_MILLIJOULES, all)
        .add(JobAmount.MEASURED_MILLIJOULES, all * 9 / 10)
        .add(JobAmount.ESTIMATED_MILLIJOULES, all / 10)
        .add(JobAmount.HELD_IDLE_MILLIJOULES, all / 8)
        .add(JobAmount.COVERED_MILLIS, 98L * WINDOW)
        .add(JobAmount.UNCOVERED_MILLIS, 2L * WINDOW)
        .add(JobAmount.GPU_HELD_MILLIS, 4L * WINDOW)
        .add(JobAmount.GPU_BUSY_MILLIS, 3L * WINDOW);
  }

  /** What was heard of a job long after its end: 1 kWh more. */
  private void laterPart() {
    Totals<JobAmount> more =
        Totals.ofJob()
            .add(JobAmount.TOTAL_MILLIJOULES, 3_600_000_000L)
            .add(JobAmount.MEASURED_MILLIJOULES, 3_600_000_000L);
    points.add(
        JobSummaryPoint.of(
            summary(
                "east", "j 2/b", "bob", "beta", JobState.FAILED, END - 1, 1, more, END + HOUR)));
  }

  private static JobSummary summary(
      String site,
      String job,
      String user,
      String project,
      JobState state,
      long end,
      long peakMilliwatts,
      Totals<JobAmount> totals,
      long part) {
    return new JobSummary(
        site,
        job,
        new JobDetails(user, project, "train " + job, "gpu", Map.of("model", project)),
        state,
        new JobTimes(START + 1_000, START + 1_000, end, END),
        peakMilliwatts,
        new JobWork(1_000_000, "tokens"),
        totals,
        part,
        4);
  }

  /** A window of a third site, in which a joule is missing. */
  static List<StorePoint> unbalanced() {
    Totals<SiteAmount> totals = window(6_000, false).add(SiteAmount.IDLE_TOTAL_MILLIJOULES, -1_000);
    SiteWindow window = new SiteWindow("odd", END + HOUR, WINDOW, totals);
    return List.of(SiteWindowPoint.of(window), LedgerPoint.of(window));
  }
}
