// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static io.github.joulestream.energy.SiteAmount.*;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.GridPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.LedgerPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The end of October 2026 at two sites, as the store writer leaves it: ledgers by all their
 * windows, jobs and their quarters of an hour, prices and carbon intensities by the hour at one of
 * them. Some names are made to be executed by a careless form.
 */
final class MadeMonth {
  static final long QUARTER = 900_000;
  static final long HOUR = 4 * QUARTER;
  static final Instant FROM = Instant.parse("2026-10-23T22:00:00Z");
  static final Instant TO = Instant.parse("2026-10-27T00:00:00Z");
  static final String FORMULA = "=cmd()";
  static final String SCRIPT = "<script>alert(1)</script>";

  /** When hours at 12:00 got another price and intensity. */
  static final Instant REVISED = Instant.parse("2026-11-10T00:00:00Z");

  private static final List<String> USERS = List.of("ada", "grace", "", FORMULA, SCRIPT);
  private static final List<String> PROJECTS = List.of("climate", "+1", SCRIPT, "");
  private static final List<String> MODELS = List.of("", "llama2-70b", "@SUM(A1)");

  private final Random random = new Random(20);
  private final Map<String, TreeMap<Long, Totals<SiteAmount>>> ledger = new TreeMap<>();
  private final List<StorePoint> points = new ArrayList<>();

  MadeMonth() {
    for (String site : List.of("east", "west")) {
      for (long quarter = FROM.toEpochMilli(); quarter < TO.toEpochMilli(); quarter += QUARTER) {
        idle(of(site, quarter));
      }
    }
    for (int i = 0; i < 40; i++) {
      job(i);
    }
    ledger.forEach((site, quarters) -> {
      TreeMap<Long, Totals<SiteAmount>> hours = new TreeMap<>();
      quarters.forEach((quarter, totals) -> {
        // the windows of 10 s that doctor reads: one a quarter has it all
        window(site, quarter, 10_000, totals);
        window(site, quarter, (int) QUARTER, totals);
        hours.computeIfAbsent(quarter / HOUR * HOUR, hour -> Totals.ofSite()).addAll(totals);
      });
      hours.forEach((hour, totals) -> window(site, hour, (int) HOUR, totals));
    });
    for (long hour = FROM.toEpochMilli(); hour < TO.toEpochMilli(); hour += HOUR) {
      grid(hour);
    }
  }

  void writeTo(PointSink sink) {
    for (int i = 0; i < points.size(); i += 2000) {
      sink.write(points.subList(i, Math.min(points.size(), i + 2000)));
    }
  }

  /** What arrives late: a quarter of the site has so much more idle energy. */
  void writeLate(PointSink sink, long millijoules) {
    long quarter = FROM.toEpochMilli() + 8 * HOUR;
    Totals<SiteAmount> late = Totals.ofSite().addAll(of("east", quarter));
    Totals<SiteAmount> hour = Totals.ofSite();
    requireNonNull(ledger.get("east"))
        .subMap(quarter, quarter + HOUR)
        .values()
        .forEach(hour::addAll);
    for (Totals<SiteAmount> totals : List.of(late, hour)) {
      totals
          .add(MEASURED_TOTAL_MILLIJOULES, millijoules)
          .add(MEASURED_NODE_MILLIJOULES, millijoules)
          .add(IDLE_TOTAL_MILLIJOULES, millijoules)
          .add(IDLE_NODE_MILLIJOULES, millijoules)
          .add(QUALITY_MEASURED_MILLIJOULES, millijoules);
    }
    sink.write(
        List.of(
            point("east", quarter, 10_000, late),
            point("east", quarter, (int) QUARTER, late),
            point("east", quarter, (int) HOUR, hour)));
  }

  private Totals<SiteAmount> of(String site, long quarter) {
    return ledger
        .computeIfAbsent(site, name -> new TreeMap<>())
        .computeIfAbsent(quarter, start -> Totals.ofSite());
  }

  private void idle(Totals<SiteAmount> totals) {
    long gpu = random.nextLong(2_000_000_000L);
    long node = random.nextLong(300_000_000);
    totals
        .add(IDLE_GPU_MILLIJOULES, gpu)
        .add(MEASURED_GPU_MILLIJOULES, gpu)
        .add(IDLE_NODE_MILLIJOULES, node)
        .add(MEASURED_NODE_MILLIJOULES, node)
        .add(IDLE_TOTAL_MILLIJOULES, gpu + node)
        .add(MEASURED_TOTAL_MILLIJOULES, gpu + node)
        .add(QUALITY_MEASURED_MILLIJOULES, gpu + node)
        .add(GPU_MILLIS, 64 * QUARTER)
        .add(COVERED_MILLIS, 70 * QUARTER - 1)
        .add(UNCOVERED_MILLIS, 1);
  }

  private void job(int number) {
    String site = random.nextBoolean() ? "east" : "west";
    String model = MODELS.get(random.nextInt(MODELS.size()));
    JobDetails details =
        new JobDetails(
            USERS.get(random.nextInt(USERS.size())),
            PROJECTS.get(random.nextInt(PROJECTS.size())),
            "run " + number % 5,
            random.nextBoolean() ? "gpu" : "=HYPERLINK(\"http://example.org\")",
            model.isEmpty() ? Map.of() : Map.of("model", model));
    long start = FROM.toEpochMilli() + random.nextLong(70 * HOUR);
    long end = Math.min(start + QUARTER + random.nextLong(30 * HOUR), TO.toEpochMilli());
    Totals<JobAmount> whole = Totals.ofJob();
    for (long quarter = start / QUARTER * QUARTER; quarter < end; quarter += QUARTER) {
      Totals<JobAmount> totals =
          quarter(Math.min(end, quarter + QUARTER) - Math.max(start, quarter));
      whole.addAll(totals);
      book(of(site, quarter), totals);
      points.add(
          JobQuarterHourPoint.of(
              new JobQuarterHour(site, "c/" + number, details, quarter, (int) QUARTER, totals, 0)));
    }
    points.add(
        JobSummaryPoint.of(
            new JobSummary(
                site,
                "c/" + number,
                details,
                JobState.COMPLETED,
                new JobTimes(start, start, end, end),
                5_000_000,
                model.isEmpty() ? JobWork.NONE : new JobWork(1e6 * (1 + number), "tokens"),
                whole,
                0,
                1)));
  }

  private Totals<JobAmount> quarter(long millis) {
    long gpu = 3 * millis * (500 + random.nextInt(200)) + random.nextInt(1000);
    long node = millis * (100 + random.nextInt(50));
    return Totals.ofJob()
        .add(JobAmount.GPU_MILLIJOULES, gpu)
        .add(JobAmount.NODE_MILLIJOULES, node)
        .add(JobAmount.TOTAL_MILLIJOULES, gpu + node)
        .add(JobAmount.MEASURED_MILLIJOULES, gpu + node)
        .add(JobAmount.HELD_IDLE_MILLIJOULES, gpu / 10)
        .add(JobAmount.COVERED_MILLIS, 4 * millis)
        .add(JobAmount.GPU_HELD_MILLIS, 4 * millis)
        .add(JobAmount.GPU_BUSY_MILLIS, 3 * millis);
  }

  private static void book(Totals<SiteAmount> site, Totals<JobAmount> job) {
    long gpu = job.get(JobAmount.GPU_MILLIJOULES);
    long node = job.get(JobAmount.NODE_MILLIJOULES);
    site.add(JOBS_GPU_MILLIJOULES, gpu)
        .add(MEASURED_GPU_MILLIJOULES, gpu)
        .add(JOBS_NODE_MILLIJOULES, node)
        .add(MEASURED_NODE_MILLIJOULES, node)
        .add(JOBS_TOTAL_MILLIJOULES, gpu + node)
        .add(MEASURED_TOTAL_MILLIJOULES, gpu + node)
        .add(QUALITY_MEASURED_MILLIJOULES, gpu + node)
        .add(HELD_IDLE_MILLIJOULES, job.get(JobAmount.HELD_IDLE_MILLIJOULES))
        .add(GPU_ALLOCATED_MILLIS, job.get(JobAmount.GPU_HELD_MILLIS))
        .add(GPU_BUSY_MILLIS, job.get(JobAmount.GPU_BUSY_MILLIS));
  }

  private void window(String site, long start, int length, Totals<SiteAmount> totals) {
    points.add(point(site, start, length, totals));
  }

  private static StorePoint point(String site, long start, int length, Totals<SiteAmount> totals) {
    return LedgerPoint.of(new SiteWindow(site, start, length, totals, 0));
  }

  private void grid(long hour) {
    long issued = hour + 2 * HOUR;
    GridSeries price = GridSeries.of(SeriesKind.PRICE);
    GridSeries carbon = GridSeries.carbon(CarbonBasis.parse("location-average-lifecycle"));
    GridSeries residual = GridSeries.carbon(CarbonBasis.parse("residual-average-lifecycle"));
    boolean revised = hour / HOUR % 24 == 12;
    value(price, hour, 100_000_000 + random.nextInt(100_000_000), "EUR", issued, !revised);
    value(carbon, hour, 200_000_000_000L + random.nextInt(1000), "", issued, !revised);
    value(residual, hour, 450_000_000_000L, "", issued, true);
    if (revised) {
      value(price, hour, 900_000_000, "EUR", REVISED.toEpochMilli(), true);
      value(carbon, hour, 700_000_000_000L, "", REVISED.toEpochMilli(), true);
    }
  }

  private void value(
      GridSeries series, long hour, long nano, String currency, long issued, boolean latest) {
    points.addAll(
        GridPoints.of(
            new GridRecord(
                new GridInterval(
                    "east",
                    series,
                    hour,
                    hour + HOUR,
                    nano,
                    currency,
                    GridQuality.MEASURED,
                    issued,
                    false,
                    GridInterval.Origin.UNKNOWN),
                latest)));
  }
}
