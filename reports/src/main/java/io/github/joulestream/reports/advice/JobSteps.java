// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageRow;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What jobs did quarter by quarter of an hour: when all GPUs of a job together were under 5 % busy,
 * and when each class of jobs used its energy. Jobs are read day by day: memory does not grow with
 * the period, except by the jobs that were idle.
 */
public final class JobSteps {
  static final int QUARTER_MILLIS = 900_000;
  private static final int DAY_QUARTERS = 96;
  private static final long DAY_MILLIS = (long) DAY_QUARTERS * QUARTER_MILLIS;
  // a GPU, too, counts as idle under 5 %
  private static final int IDLE_PART = 20;
  private static final Set<JobAmount> AMOUNTS =
      Set.of(
          JobAmount.TOTAL_MILLIJOULES,
          JobAmount.GPU_HELD_MILLIS,
          JobAmount.GPU_BUSY_MILLIS,
          JobAmount.HELD_IDLE_MILLIJOULES);

  private final PeriodData data;
  private final Map<String, JobFigures> jobs = new HashMap<>();
  private final Map<String, IdleTime> idle = new HashMap<>();
  private final SortedMap<String, GiveBack> givenBack = new TreeMap<>();
  private final SortedMap<String, Load> loads = new TreeMap<>();
  private final GiveBack all = new GiveBack();

  /** Amounts of a job in the quarters of a day. */
  private static final class JobDay {
    private final long[] held = new long[DAY_QUARTERS];
    private final long[] busy = new long[DAY_QUARTERS];
    private final long[] heldIdle = new long[DAY_QUARTERS];
  }

  private JobSteps(PeriodData data, List<JobFigures> jobs) {
    this.data = data;
    for (JobFigures job : jobs) {
      // one that was accounted to several people is one job
      this.jobs.putIfAbsent(job.key(), job);
    }
  }

  /** Reads the quarters of these jobs. */
  public static JobSteps read(ReportSource source, PeriodData data, List<JobFigures> jobs) {
    JobSteps steps = new JobSteps(data, jobs);
    TimeRange range = data.period().range();
    long end = Math.ceilDiv(range.to(), QUARTER_MILLIS) * (long) QUARTER_MILLIS;
    for (long from = range.from(); from < end && !jobs.isEmpty(); from += DAY_MILLIS) {
      source.progress(
          "idle GPUs of jobs of %s, day %d of %d"
              .formatted(
                  data.period().label(),
                  (from - range.from()) / DAY_MILLIS + 1,
                  Math.ceilDiv(end - range.from(), DAY_MILLIS)));
      steps.readDay(source, new TimeRange(from, Math.min(from + DAY_MILLIS, end)));
    }
    return steps;
  }

  private void readDay(ReportSource source, TimeRange day) {
    ReportRequest request = source.request();
    Map<String, JobDay> days = new TreeMap<>();
    source
        .history()
        .usage(
            new UsageQuery(
                request.sites(),
                day,
                QUARTER_MILLIS,
                UsageQuery.Detail.JOB,
                request.users(),
                request.projects(),
                AMOUNTS),
            row -> add(row, day.from(), days));
    days.forEach((key, jobDay) -> fold(key, jobDay, day.from()));
  }

  private void add(UsageRow row, long from, Map<String, JobDay> days) {
    String key = row.site() + "/" + row.job();
    JobFigures job = jobs.get(key);
    SiteUse site = data.sites().get(row.site());
    if (job == null) {
      return;
    }
    if (site != null) {
      loads
          .computeIfAbsent(job.jobClass(), name -> new Load())
          .add(site, row.stepStart(), row.totals().get(JobAmount.TOTAL_MILLIJOULES));
    }
    int quarter = (int) ((row.stepStart() - from) / QUARTER_MILLIS);
    JobDay day = days.computeIfAbsent(key, name -> new JobDay());
    day.held[quarter] += row.totals().get(JobAmount.GPU_HELD_MILLIS);
    day.busy[quarter] += row.totals().get(JobAmount.GPU_BUSY_MILLIS);
    day.heldIdle[quarter] += row.totals().get(JobAmount.HELD_IDLE_MILLIJOULES);
  }

  private void fold(String key, JobDay day, long from) {
    JobFigures job = jobs.get(key);
    if (job == null) {
      return;
    }
    for (int i = 0; i < DAY_QUARTERS; i++) {
      if (day.held[i] > 0 && day.busy[i] * IDLE_PART < day.held[i]) {
        long time = from + (long) i * QUARTER_MILLIS;
        int before =
            idle.computeIfAbsent(key, name -> new IdleTime())
                .add(time / QUARTER_MILLIS, day.held[i], day.heldIdle[i]);
        StepFactors factors = factors(data.sites().get(job.site()), time);
        all.add(before, day.held[i], day.heldIdle[i], factors);
        givenBack
            .computeIfAbsent(job.jobClass(), name -> new GiveBack())
            .add(before, day.held[i], day.heldIdle[i], factors);
      }
    }
  }

  private static StepFactors factors(@Nullable SiteUse site, long time) {
    if (site == null) {
      return StepFactors.NOTHING;
    }
    long step = Math.floorDiv(time - site.from(), (long) site.stepMillis());
    return step < 0 || step >= site.steps() ? StepFactors.NOTHING : site.factors((int) step);
  }

  /** When a job was idle; null if it never was. */
  public @Nullable IdleTime idle(JobFigures job) {
    return jobs.get(job.key()) == job ? idle.get(job.key()) : null;
  }

  /** What is saved by giving GPUs back, of all jobs. */
  public GiveBack givenBack() {
    return all;
  }

  /** The same of a class. */
  public GiveBack givenBack(String jobClass) {
    return givenBack.getOrDefault(jobClass, new GiveBack());
  }

  /** When each class used its energy. */
  public SortedMap<String, Load> loads() {
    return Collections.unmodifiableSortedMap(loads);
  }
}
