// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.GridPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.LedgerPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A made-up year, or less, of jobs at three sites: points as the pipeline would have written them,
 * in the order of time, and the truth that reports of them must have. The same for the same
 * settings. Memory holds the jobs that run at one time.
 */
public final class MadeYear {
  /** The sites. */
  public static final List<String> SITES = List.of("dublin", "frankfurt", "ohio");

  private static final int QUARTER = Windows.QUARTER_HOUR_MILLIS;
  private static final int QUARTERS_OF_HOUR = 4;
  private static final int BATCH = 10_000;
  private static final int IDLE_WATTS = 40_000;

  private final Settings settings;
  private final Truth truth = new Truth();
  private final Consumer<List<StorePoint>> sink;
  private final List<MadeJob> running = new ArrayList<>();
  private final Map<String, Totals<SiteAmount>> quarter = new TreeMap<>();
  private final Map<String, Totals<SiteAmount>> hour = new TreeMap<>();
  private final Totals<JobAmount> amounts = Totals.ofJob();
  private List<StorePoint> batch = new ArrayList<>(BATCH);

  /**
   * What is made.
   *
   * @param from its beginning, a whole hour; Unix epoch, ms
   * @param jobs that start in it; those under way at its end are cut there
   */
  public record Settings(long seed, long from, int days, int jobs, int users, int projects) {
    /** A year of a million jobs of 300 users and 40 projects. */
    public static Settings year(long from) {
      return new Settings(20, from, 365, 1_000_000, 300, 40);
    }

    /** Its end. */
    public long to() {
      return from + days * 86_400_000L;
    }
  }

  /** What must be read. Energies are below 2^63 mJ. */
  public static final class Truth {
    private final Map<String, Totals<SiteAmount>> sites = new TreeMap<>();
    private final Map<String, Totals<JobAmount>> users = new TreeMap<>();
    private final Map<String, Totals<JobAmount>> projects = new TreeMap<>();
    private long jobs;
    private long quarters;

    /** The ledger, by site. */
    public Map<String, Totals<SiteAmount>> sites() {
      return sites;
    }

    /** Amounts of jobs, by user. */
    public Map<String, Totals<JobAmount>> users() {
      return users;
    }

    /** Amounts of jobs, by project. */
    public Map<String, Totals<JobAmount>> projects() {
      return projects;
    }

    /** Number of jobs. */
    public long jobs() {
      return jobs;
    }

    /** Number of quarters of jobs. */
    public long quarters() {
      return quarters;
    }
  }

  private MadeYear(Settings settings, Consumer<List<StorePoint>> sink) {
    this.settings = settings;
    this.sink = sink;
  }

  /**
   * Makes it.
   *
   * @param sink is given all points, in parts
   * @return what must be read of them
   */
  public static Truth write(Settings settings, Consumer<List<StorePoint>> sink) {
    MadeYear year = new MadeYear(settings, sink);
    year.write();
    return year.truth;
  }

  private void write() {
    Random random = new Random(settings.seed());
    long[] starts = new long[settings.jobs()];
    Arrays.setAll(starts, _ -> settings.from() + random.nextLong(settings.to() - settings.from()));
    Arrays.sort(starts);
    int next = 0;
    for (long start = settings.from(); start < settings.to(); start += QUARTER) {
      while (next < starts.length && starts[next] < start + QUARTER) {
        running.add(
            new MadeJob(random, next, SITES.get(random.nextInt(3)), starts[next], settings));
        next++;
      }
      for (String site : SITES) {
        quarter.put(site, Totals.ofSite());
      }
      quartersOfJobs(start);
      ledger(start, random);
    }
    sink.accept(batch);
  }

  private void quartersOfJobs(long start) {
    Iterator<MadeJob> jobs = running.iterator();
    while (jobs.hasNext()) {
      MadeJob job = jobs.next();
      job.amounts(start, amounts);
      job.book(amounts, truth(quarter, job.site()));
      add(JobQuarterHourPoint.of(job.quarter(start, amounts.copy())));
      truth.quarters++;
      truth.users.computeIfAbsent(job.details().user(), _ -> Totals.ofJob()).addAll(amounts);
      truth.projects.computeIfAbsent(job.details().project(), _ -> Totals.ofJob()).addAll(amounts);
      if (job.end() <= start + QUARTER) {
        add(JobSummaryPoint.of(job.summary()));
        truth.jobs++;
        jobs.remove();
      }
    }
  }

  private static Totals<SiteAmount> truth(Map<String, Totals<SiteAmount>> of, String site) {
    return of.computeIfAbsent(site, _ -> Totals.ofSite());
  }

  private void ledger(long start, Random random) {
    boolean endsHour = (start / QUARTER + 1) % QUARTERS_OF_HOUR == 0;
    quarter.forEach((site, totals) -> {
      idle(totals, random);
      truth(truth.sites, site).addAll(totals);
      truth(hour, site).addAll(totals);
      add(LedgerPoint.of(new SiteWindow(site, start, QUARTER, totals)));
      if (endsHour) {
        long hourStart = start + QUARTER - Windows.HOUR_MILLIS;
        add(
            LedgerPoint.of(
                new SiteWindow(site, hourStart, Windows.HOUR_MILLIS, truth(hour, site))));
        hour.remove(site);
        grid(site, hourStart, random);
      }
    });
  }

  private static void idle(Totals<SiteAmount> totals, Random random) {
    long idle = (IDLE_WATTS + random.nextInt(IDLE_WATTS)) * (long) QUARTER;
    totals.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, idle);
    totals.set(SiteAmount.IDLE_GPU_MILLIJOULES, idle / 2);
    long measured = totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES) + idle;
    totals.set(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured);
    totals.set(
        SiteAmount.MEASURED_GPU_MILLIJOULES,
        totals.get(SiteAmount.JOBS_GPU_MILLIJOULES) + idle / 2);
    totals.set(SiteAmount.QUALITY_MEASURED_MILLIJOULES, measured);
    totals.set(SiteAmount.FACILITY_MILLIJOULES, measured + measured / 4 + random.nextInt(1_000));
    totals.set(SiteAmount.FACILITY_COVERED_MILLIS, QUARTER);
    totals.set(SiteAmount.GPU_MILLIS, 1_000L * QUARTER);
    totals.set(SiteAmount.COVERED_MILLIS, 2_000L * QUARTER - random.nextInt(QUARTER));
    totals.set(SiteAmount.UNCOVERED_MILLIS, random.nextInt(QUARTER));
    totals.set(SiteAmount.READINGS, 900_000L + random.nextInt(1_000));
  }

  private void grid(String site, long hourStart, Random random) {
    GridSeries carbon =
        GridSeries.carbon(
            new CarbonBasis(
                CarbonBasis.Method.LOCATION,
                CarbonBasis.Rate.AVERAGE,
                CarbonBasis.Scope.LIFECYCLE));
    interval(site, carbon, hourStart, (50 + random.nextInt(500)) * GridInterval.NANO);
    interval(
        site, GridSeries.of(SeriesKind.PRICE), hourStart, 40_000_000L + random.nextInt(90_000_000));
    interval(
        site,
        GridSeries.of(SeriesKind.MIX, EnergySource.RENEWABLE),
        hourStart,
        random.nextLong(GridInterval.NANO));
  }

  private void interval(String site, GridSeries series, long from, long valueNano) {
    GridPoints.of(
            new GridRecord(
                new GridInterval(
                    site,
                    series,
                    from,
                    from + Windows.HOUR_MILLIS,
                    valueNano,
                    series.kind().isMoney() ? "EUR" : "",
                    GridQuality.SYNTHETIC,
                    from + 2 * Windows.HOUR_MILLIS,
                    false,
                    new GridInterval.Origin("made up", "", "")),
                true))
        .forEach(this::add);
  }

  private void add(StorePoint point) {
    batch.add(point);
    if (batch.size() == BATCH) {
      sink.accept(batch);
      batch = new ArrayList<>(BATCH);
    }
  }
}
