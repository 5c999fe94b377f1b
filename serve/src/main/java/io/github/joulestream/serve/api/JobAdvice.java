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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Advice on a job, as reports of groups have it: on what it wasted itself, and on jobs of its class
 * of the same user, in a week before its end and in at most a month. The jobs of a user are read
 * once for all advice on them, and kept for a minute.
 */
final class JobAdvice {
  private static final long DAY = 86_400_000;
  private static final long LEAST = 7 * DAY;
  private static final long LONGEST = 31 * DAY;
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int MOST_KEPT = 64;
  private static final int MOST_ROWS = 1_000_000;
  private static final int MOST_JOBS = 50_000;
  private static final Duration MOST_TIME = Duration.ofSeconds(20);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final int AT_ONCE = 2;

  private final HistoryReader history;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Map<Key, UserJobs> kept =
      new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, UserJobs> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private record Key(String site, String user, TimeRange range) {}

  /** Jobs of a user in a range, as they were at a time. */
  private record UserJobs(
      long readNanos, List<JobFigures> jobs, JobSteps steps, OwnQuartile own, Advisor advisor) {}

  JobAdvice(HistoryReader history, EpochClock clock, NanoClock nanos) {
    this.history = history;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * On a job; none if it is not known whose it is.
   *
   * @return null if it is not known now, as others are being advised
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   */
  @Nullable List<JobDetailView.Advice> of(KnownJob job) {
    if (job.details().user().isEmpty() || job.start() == null) {
      return List.of();
    }
    long now = clock.epochMillis();
    TimeRange span = job.span(now);
    TimeRange range =
        ChargeReader.hours(
            Math.max(Math.min(span.from(), span.to() - LEAST), span.to() - LONGEST), span.to() + 1);
    Key key = new Key(job.site(), job.details().user(), range);
    UserJobs known = kept(key);
    if (known == null) {
      known = read(key);
    }
    return known == null ? null : advice(job, known);
  }

  private @Nullable UserJobs kept(Key key) {
    synchronized (kept) {
      UserJobs known = kept.get(key);
      return known == null || nanos.nanos() - known.readNanos >= KEPT.toNanos() ? null : known;
    }
  }

  private @Nullable UserJobs read(Key key) {
    try {
      if (!atOnce.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    try {
      // who waited before may have read it
      UserJobs known = kept(key);
      if (known == null) {
        known = read(key, clock.epochMillis());
        synchronized (kept) {
          kept.put(key, known);
        }
      }
      return known;
    } finally {
      atOnce.release();
    }
  }

  private UserJobs read(Key key, long now) {
    long readNanos = nanos.nanos();
    Period period =
        new Period(
            "the time of the job",
            Instant.ofEpochMilli(key.range.from()),
            Instant.ofEpochMilli(key.range.to()),
            ZoneOffset.UTC);
    ReportSource source =
        new StoreReportSource(
            new BoundedHistory(history, MOST_ROWS, MOST_JOBS, MOST_TIME, nanos),
            new ReportRequest(
                new TreeSet<>(Set.of(key.site)),
                period,
                new TreeSet<>(Set.of(key.user)),
                new TreeSet<>(),
                new TreeMap<>(),
                List.of(),
                Instant.ofEpochMilli(now),
                CarbonBasis.Scope.LIFECYCLE,
                Map.of()),
            doing -> {});
    PeriodData data = source.of(period, ReportSource.Detail.JOBS);
    List<JobFigures> jobs = JobFigures.of(data.jobList());
    JobSteps steps = JobSteps.read(source, data, jobs);
    return new UserJobs(
        readNanos, jobs, steps, new OwnQuartile(jobs), new Advisor(data, jobs, steps));
  }

  private static List<JobDetailView.Advice> advice(KnownJob job, UserJobs of) {
    List<JobFigures> own =
        of.jobs.stream()
            .filter(figures ->
                figures.job().equals(job.job()) && figures.user().equals(job.details().user()))
            .toList();
    if (own.isEmpty()) {
      return List.of();
    }
    List<JobDetailView.Advice> advice = new ArrayList<>();
    for (WastedJob wasted : WastedJob.most(own, of.own, of.steps, of.advisor, 1)) {
      advice.add(new JobDetailView.Advice(wasted.advice(), Math.round(wasted.millijoules())));
    }
    String jobClass = own.getFirst().jobClass();
    for (Advice each : of.advisor.all()) {
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
