// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.advice.Advice;
import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.JobSteps;
import io.github.joulestream.reports.advice.OwnQuartile;
import io.github.joulestream.reports.advice.WastedJob;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Advice on a job, as reports of groups have it: on what it wasted itself, and on jobs of its class
 * of the same user, in a week before its end and in at most a month. It is kept for a minute.
 */
final class JobAdvice {
  private static final long DAY = 86_400_000;
  private static final long LEAST = 7 * DAY;
  private static final long LONGEST = 31 * DAY;
  private static final long KEPT_MILLIS = 60_000;
  private static final int MOST_KEPT = 256;
  private static final int MOST_ROWS = 1_000_000;
  private static final int MOST_JOBS = 50_000;
  private static final Duration MOST_TIME = Duration.ofSeconds(20);
  private static final int AT_ONCE = 2;

  private final HistoryReader history;
  private final EpochClock clock;
  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Map<Key, Kept> kept =
      new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private record Key(String site, String job) {}

  private record Kept(long millis, List<JobDetailView.Advice> advice) {}

  JobAdvice(HistoryReader history, EpochClock clock) {
    this.history = history;
    this.clock = clock;
  }

  /**
   * On a job; none if it is not known whose it is.
   *
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   */
  List<JobDetailView.Advice> of(KnownJob job) {
    if (job.details().user().isEmpty() || job.start() == null) {
      return List.of();
    }
    Key key = new Key(job.site(), job.job());
    atOnce.acquireUninterruptibly();
    try {
      Kept known = kept(key);
      long now = clock.epochMillis();
      if (known == null || now - known.millis >= KEPT_MILLIS) {
        known = new Kept(now, read(job, now));
        synchronized (kept) {
          kept.put(key, known);
        }
      }
      return known.advice;
    } finally {
      atOnce.release();
    }
  }

  private @Nullable Kept kept(Key key) {
    synchronized (kept) {
      return kept.get(key);
    }
  }

  private List<JobDetailView.Advice> read(KnownJob job, long now) {
    TimeRange span = job.span(now);
    TimeRange range =
        ChargeReader.hours(
            Math.max(Math.min(span.from(), span.to() - LEAST), span.to() - LONGEST), span.to() + 1);
    Period period =
        new Period(
            "the time of the job",
            Instant.ofEpochMilli(range.from()),
            Instant.ofEpochMilli(range.to()),
            ZoneOffset.UTC);
    ReportSource source =
        new StoreReportSource(
            new BoundedHistory(history, MOST_ROWS, MOST_JOBS, MOST_TIME, NanoClock.system()),
            new ReportRequest(
                new TreeSet<>(Set.of(job.site())),
                period,
                new TreeSet<>(Set.of(job.details().user())),
                new TreeSet<>(),
                new TreeMap<>(),
                List.of(),
                Instant.ofEpochMilli(now),
                CarbonBasis.Scope.LIFECYCLE,
                Map.of()),
            doing -> {});
    PeriodData data = source.of(period, ReportSource.Detail.JOBS);
    List<JobFigures> jobs = JobFigures.of(data.jobList());
    List<JobFigures> own =
        jobs.stream()
            .filter(figures ->
                figures.job().equals(job.job()) && figures.user().equals(job.details().user()))
            .toList();
    if (own.isEmpty()) {
      return List.of();
    }
    JobSteps steps = JobSteps.read(source, data, jobs);
    Advisor advisor = new Advisor(data, jobs, steps);
    List<JobDetailView.Advice> advice = new ArrayList<>();
    for (WastedJob wasted : WastedJob.most(own, new OwnQuartile(jobs), steps, advisor, 1)) {
      advice.add(new JobDetailView.Advice(wasted.advice(), Math.round(wasted.millijoules())));
    }
    String jobClass = own.getFirst().jobClass();
    for (Advice each : advisor.all()) {
      if (each.jobClass().equals(jobClass)) {
        advice.add(
            new JobDetailView.Advice(
                "%d jobs of %s of the same user: %s"
                    .formatted(each.jobs(), jobClass, each.sentence()),
                null));
      }
    }
    return List.copyOf(advice);
  }
}
