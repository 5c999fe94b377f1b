// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.stream.FakeSite;
import io.github.joulestream.store.history.AlertRow;
import io.github.joulestream.store.history.BudgetStep;
import io.github.joulestream.store.history.CapacityStep;
import io.github.joulestream.store.history.DeviceStep;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.JobFilter;
import io.github.joulestream.store.history.JobStep;
import io.github.joulestream.store.history.NodeDay;
import io.github.joulestream.store.history.NodeEnergy;
import io.github.joulestream.store.history.NodeStep;
import io.github.joulestream.store.history.PlacementRow;
import io.github.joulestream.store.history.PoolPeakStep;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageRow;
import io.github.joulestream.store.history.WindowReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A store with a row of each sort, in the step before now and in the one before. */
final class FakeHistory implements HistoryReader, WindowReader {
  static final long NOW = FakeSite.NOW;
  static final String SITE = "s";

  /** Rows of jobs. */
  final Map<String, JobSummary> jobs;

  final List<GridInterval> grid;
  boolean broken;

  FakeHistory(Map<String, JobSummary> jobs, List<GridInterval> grid) {
    this.jobs = jobs;
    this.grid = grid;
  }

  private void check() {
    if (broken) {
      throw new UncheckedIOException(new IOException("connection refused by 10.1.2.3:8086"));
    }
  }

  private static boolean is(TimeRange range, long time) {
    return time >= range.from() && time < range.to();
  }

  private static long start(int stepMillis, int before) {
    return (Math.floorDiv(NOW, stepMillis) - before) * (long) stepMillis;
  }

  static Totals<SiteAmount> site(int stepMillis) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.set(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 9L * stepMillis);
    totals.set(SiteAmount.JOBS_TOTAL_MILLIJOULES, 7L * stepMillis);
    totals.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, 2L * stepMillis);
    totals.set(SiteAmount.COVERED_MILLIS, 3L * stepMillis);
    totals.set(SiteAmount.UNCOVERED_MILLIS, stepMillis);
    totals.set(SiteAmount.REFUSED_LATE, 4);
    return totals;
  }

  static Totals<JobAmount> job(int stepMillis) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.set(JobAmount.TOTAL_MILLIJOULES, 5L * stepMillis);
    totals.set(JobAmount.MEASURED_MILLIJOULES, 5L * stepMillis);
    totals.set(JobAmount.GPU_HELD_MILLIS, 2L * stepMillis);
    totals.set(JobAmount.GPU_BUSY_MILLIS, stepMillis);
    totals.set(JobAmount.COVERED_MILLIS, stepMillis);
    return totals;
  }

  @Override
  public SortedSet<String> sites() {
    check();
    return new TreeSet<>(List.of(SITE));
  }

  @Override
  public OptionalLong firstHour(String site) {
    return OptionalLong.of(start(3_600_000, 2));
  }

  @Override
  public void siteSteps(
      SortedSet<String> sites, TimeRange range, int stepMillis, Consumer<SiteStep> rows) {
    sitePower(SITE, range, stepMillis, Integer.MAX_VALUE, rows);
  }

  @Override
  public void sitePower(
      String site, TimeRange range, int stepMillis, int mostRows, Consumer<SiteStep> rows) {
    check();
    for (int before = 3; before >= 0; before--) {
      if (is(range, start(stepMillis, before))) {
        rows.accept(new SiteStep(SITE, start(stepMillis, before), site(stepMillis)));
      }
    }
  }

  @Override
  public void usage(UsageQuery query, Consumer<UsageRow> rows) {
    check();
    jobs.values().forEach(summary -> usage(summary, query.range(), query.stepMillis(), rows));
  }

  private static void usage(
      JobSummary summary, TimeRange range, int stepMillis, Consumer<UsageRow> rows) {
    if (is(range, start(stepMillis, 1))) {
      rows.accept(
          new UsageRow(
              SITE,
              summary.details().user(),
              summary.details().project(),
              start(stepMillis, 1),
              summary.job(),
              summary.details().name(),
              summary.details().partition(),
              summary.details().labels(),
              job(stepMillis)));
    }
  }

  @Override
  public void jobs(SortedSet<String> sites, TimeRange range, Consumer<JobSummary> rows) {
    check();
    jobs.values().forEach(rows);
  }

  @Override
  public void grid(SortedSet<String> sites, TimeRange range, Consumer<GridInterval> rows) {
    check();
    grid.stream().filter(one -> one.from() < range.to() && one.to() > range.from()).forEach(rows);
  }

  @Override
  public void nodes(SortedSet<String> sites, TimeRange range, Consumer<NodeEnergy> rows) {
    check();
  }

  @Override
  public OptionalLong nodeWindowsFrom(SortedSet<String> sites) {
    return OptionalLong.empty();
  }

  @Override
  public void nodeDays(SortedSet<String> sites, TimeRange range, Consumer<NodeDay> rows) {
    check();
  }

  @Override
  public void capacity(SortedSet<String> sites, TimeRange range, Consumer<CapacityStep> rows) {
    check();
  }

  @Override
  public void poolPeaks(SortedSet<String> sites, TimeRange range, Consumer<PoolPeakStep> rows) {
    check();
    for (String pool : List.of("1", "all")) {
      rows.accept(
          new PoolPeakStep(
              SITE, start(3_600_000, 1), "MEMORY", pool, pool.equals("all") ? "" : "0", 40, 100));
    }
  }

  @Override
  public void budgets(SortedSet<String> sites, long toEpochMillis, Consumer<BudgetStep> rows) {
    check();
  }

  @Override
  public void jobPower(
      String site,
      String job,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<JobStep> rows) {
    check();
    if (is(range, start(stepMillis, 2))) {
      rows.accept(new JobStep(start(stepMillis, 2), job(stepMillis)));
    }
  }

  @Override
  public void nodePower(
      String site,
      String node,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<NodeStep> rows) {
    check();
    rows.accept(
        new NodeStep(
            start(stepMillis, 2),
            Map.of("total_watts", 1348.5145, "gpu_millis", 4.0, "gpu_busy_millis", 1.0)));
  }

  @Override
  public void devices(
      String site, String node, TimeRange range, int mostRows, Consumer<DeviceStep> rows) {
    check();
    for (String device : List.of("gpu10", "gpu2")) {
      for (int before = 3; before > 1; before--) {
        rows.accept(
            new DeviceStep(
                device,
                "GPU",
                "H100",
                start(10_000, before),
                "10s",
                before == 3
                    ? Map.of("mean_watts", 700.0)
                    : Map.of("mean_watts", 710.5, "temperature_celsius", 61.0)));
      }
    }
  }

  @Override
  public void placementsOfNode(
      String site, String node, TimeRange range, int mostRows, Consumer<PlacementRow> rows) {
    check();
    for (String job : jobs.keySet()) {
      rows.accept(new PlacementRow(node, job, NOW - 50_000, -1, "", 2, "gpu0, gpu1", "[]"));
    }
  }

  @Override
  public void placementsOfJob(
      String site, String job, TimeRange range, int mostRows, Consumer<PlacementRow> rows) {
    check();
    rows.accept(
        new PlacementRow("n1", job, NOW - 50_000, NOW - 10_000, "HOOK", 2, "gpu0, gpu1", "[]"));
  }

  @Override
  public void job(
      String site, String job, TimeRange range, int mostRows, Consumer<JobSummary> rows) {
    check();
    JobSummary known = jobs.get(job);
    if (known != null) {
      rows.accept(known);
    }
  }

  @Override
  public void jobs(
      SortedSet<String> sites,
      TimeRange range,
      JobFilter filter,
      int mostRows,
      Consumer<JobSummary> rows) {
    check();
    for (JobSummary summary : jobs.values()) {
      if (filter.everybody()
          || filter.users().contains(summary.details().user())
          || filter.projects().contains(summary.details().project())) {
        rows.accept(summary);
      }
    }
  }

  @Override
  public void jobQuarters(
      String site,
      SortedSet<String> names,
      TimeRange range,
      int mostRows,
      Consumer<UsageRow> rows) {
    check();
    for (JobSummary summary : jobs.values()) {
      if (names.contains(summary.job())) {
        usage(summary, range, 900_000, rows);
      }
    }
  }

  @Override
  public void alerts(
      SortedSet<String> sites, TimeRange range, int mostRows, Consumer<AlertRow> rows) {
    check();
    jobs.values()
        .forEach(summary -> rows.accept(alert("job=" + summary.job(), "JOB", summary.job())));
    rows.accept(alert("site", "SITE", "power of s is high; largest: job c/2 (50 %)"));
  }

  private static AlertRow alert(String scope, String kind, String summary) {
    return new AlertRow(
        SITE,
        "held-idle",
        "0123456789abcdef",
        "RESOLVED",
        "WARNING",
        scope,
        kind,
        "",
        Double.NaN,
        0.5,
        "ratio",
        NOW - 60_000,
        NOW - 30_000,
        NOW - 20_000,
        summary);
  }

  @Override
  public void close() {}
}
