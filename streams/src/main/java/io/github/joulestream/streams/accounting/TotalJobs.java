// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.CommitScope;
import io.github.joulestream.streams.state.ExpiringAggregate;
import io.github.joulestream.streams.state.ObjectCacheStore;
import io.github.joulestream.streams.state.PendingOutput;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Adds increments to the windows and the totals of jobs, and emits those that changed when the task
 * commits; and to their {@link QuarterHours}, which are emitted less often.
 */
public final class TotalJobs implements Processor<String, JobInput, String, JobOutput> {
  public static final String WINDOWS = "job-windows";
  public static final String TOTALS = "job-totals";
  public static final String QUARTER_HOURS = QuarterHours.STORE;

  // without increments or reports, the totals of an ended job expire after this; of others later
  private static final Duration ENDED_LIFE = Duration.ofHours(2);
  private static final Duration OPEN_LIFE = Duration.ofDays(7);

  private static final Duration TICK = Duration.ofSeconds(2);

  private final RecordRefusals refusals;
  private final PendingOutput pendingOutput;
  private final Deserializer<JobRecord> reports = WireSerdes.jobs().deserializer();
  private final Deserializer<JobWindows> increments = WireSerdes.jobWindows().deserializer();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, JobOutput> context;

  @SuppressWarnings("NullAway.Init")
  private ObjectCacheStore<ExpiringAggregate<JobWindow>> windows;

  @SuppressWarnings("NullAway.Init")
  private ObjectCacheStore<ExpiringAggregate<JobSummary>> totals;

  @SuppressWarnings("NullAway.Init")
  private QuarterHours quarters;

  // jobs whose highest window was corrected downwards since the last commit
  private final Set<String> peaksToFind = new HashSet<>();

  /**
   * Totals of jobs.
   *
   * @param refusals refuses records that cannot be used
   * @param pendingOutput is notified of commits after which quarters are still to be emitted
   */
  public TotalJobs(RecordRefusals refusals, PendingOutput pendingOutput) {
    this.refusals = refusals;
    this.pendingOutput = pendingOutput;
  }

  /** The store of windows. */
  public static StoreBuilder<ObjectCacheStore<ExpiringAggregate<JobWindow>>> windows(
      CacheBudget budget) {
    return ExpiringAggregate.store(WINDOWS, WireSerdes.jobWindow(), budget);
  }

  /** The store of totals. */
  public static StoreBuilder<ObjectCacheStore<ExpiringAggregate<JobSummary>>> totals(
      CacheBudget budget) {
    return ExpiringAggregate.store(TOTALS, WireSerdes.jobSummaries(), budget);
  }

  /** The store of quarters of an hour. */
  public static StoreBuilder<?> quarterHours(CacheBudget budget) {
    return QuarterHours.store(budget);
  }

  @Override
  public void init(ProcessorContext<String, JobOutput> newContext) {
    context = newContext;
    windows = context.getStateStore(WINDOWS);
    windows.checkFormats();
    totals = context.getStateStore(TOTALS);
    totals.checkFormats();
    peaksToFind.clear();
    ObjectCacheStore<ExpiringAggregate<QuarterState>> quarterStore =
        context.getStateStore(QUARTER_HOURS);
    quarters =
        new QuarterHours(
            quarterStore, this::detailsOf, this::forward, pendingOutput, context.taskId());
    quarters.open();
    CommitScope scope = new CommitScope(context);
    quarterStore.atCommit(scope.of(() -> quarters.emit(streamMillis())));
    windows.atCommit(scope.of(this::emitWindows));
    totals.atCommit(scope.of(this::emitJobs));
    context.schedule(
        CacheBudget.INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          windows.dropSurplus();
          totals.dropSurplus();
          quarters.dropSurplus();
        });
    context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, _ -> tick());
    context.schedule(ExpiringAggregate.SWEEP, PunctuationType.STREAM_TIME, this::sweep);
  }

  private void tick() {
    if (quarters.tick()) {
      context.commit();
    }
  }

  private @Nullable JobDetails detailsOf(String key) {
    ExpiringAggregate<JobSummary> job = totals.get(key);
    return job == null ? null : job.value().details();
  }

  private void forward(JobQuarterHour quarter) {
    context.forward(
        new Record<>(
            Keys.job(quarter.site(), quarter.job()),
            (JobOutput) new JobOutput.QuarterHour(quarter),
            streamMillis()),
        JobOutput.QuarterHour.CHILD);
  }

  private long streamMillis() {
    return Math.max(0, context.currentStreamTimeMs());
  }

  @Override
  public void close() {
    if (quarters != null) {
      quarters.close();
    }
  }

  @Override
  public void process(Record<String, JobInput> record) {
    quarters.recordReceived();
    byte[] value =
        switch (record.value()) {
          case JobInput.Increment(byte[] increment) -> increment;
          case JobInput.Report(byte[] report) -> report;
        };
    try {
      String key = RecordRefusals.checkedKey(record.key(), value);
      if (record.value() instanceof JobInput.Increment) {
        JobWindows ofJob = increments.deserialize("by-job", RecordRefusals.present(value));
        checkKey(ofJob, key);
        add(key, ofJob, record.timestamp());
      } else if (value == null) {
        deleteDetails(key, record.timestamp());
      } else {
        JobRecord job = reports.deserialize("jobs", value);
        checkKey(job.site(), job.job(), key);
        report(key, job, record.timestamp());
      }
    } catch (RuntimeException | StackOverflowError e) {
      Place place = Place.of(context.recordMetadata().orElseThrow());
      context.forward(
          refusals.refuse(record, value, place, e, JobOutput.Refused::new),
          JobOutput.Refused.CHILD);
    }
  }

  private static void checkKey(JobWindows increments, String key) {
    String first = increments.windows().getFirst().job();
    checkKey(increments.site(), first, key);
    for (JobWindow increment : increments.windows()) {
      if (!increment.job().equals(first)) {
        checkKey(increment.site(), increment.job(), key);
      }
    }
  }

  private static void checkKey(String site, String job, String key) {
    if (!Keys.job(site, job).equals(key)) {
      throw new IllegalArgumentException(
          "a record of %s/%s has the key %s".formatted(site, job, key));
    }
  }

  /**
   * Deletes user, project, name and labels of a job, and emits it without them. Its energy stays.
   */
  private void deleteDetails(String key, long arrivalEpochMillis) {
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known != null) {
      put(key, known, known.updated(arrivalEpochMillis, known.value().withoutNames()));
    }
  }

  /** Puts what a report or its deletion has changed. */
  private void put(
      String key, ExpiringAggregate<JobSummary> before, ExpiringAggregate<JobSummary> after) {
    totals.put(key, after);
    if (!after.value().details().equals(before.value().details())) {
      quarters.redescribe(key);
    }
    if (after.value().endedBy() != JobSummary.EndedBy.NOBODY) {
      quarters.require(key);
    }
  }

  private void sweep(long now) {
    // before the details of a job are deleted
    quarters.sweep(now);
    long windowsExpired = now - ExpiringAggregate.WINDOW_LIFE.toMillis();
    windows.deleteIf(
        (_, window) -> ExpiringAggregate.lastUpdateEpochMillis(window) < windowsExpired);
    totals.deleteIf((_, written) -> {
      if (ExpiringAggregate.lastUpdateEpochMillis(written) >= now - ENDED_LIFE.toMillis()) {
        return false;
      }
      ExpiringAggregate<JobSummary> job = totals.read(written);
      return job.lastUpdateEpochMillis() < now - life(job.value()).toMillis();
    });
  }

  private static Duration life(JobSummary job) {
    return job.endedBy() == JobSummary.EndedBy.NOBODY ? OPEN_LIFE : ENDED_LIFE;
  }

  /** Adds increments to windows of one job: all of them, or none. */
  private void add(String key, JobWindows increments, long arrivalEpochMillis) {
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known == null) {
      JobWindow first = increments.windows().getFirst();
      known =
          ExpiringAggregate.begin(
              first.windowStartEpochMillis(),
              arrivalEpochMillis,
              ENDED_LIFE,
              unknown(first.site(), first.job()));
    }
    JobSummary job = known.value();
    Totals<JobAmount> total = job.totals().copy();
    WindowSums ofWindows = new WindowSums(windows, key, arrivalEpochMillis, job.peakMilliwatts());
    QuarterHours.Sums ofQuarters = quarters.sums(key, arrivalEpochMillis);
    for (JobWindow increment : increments.windows()) {
      total.addAll(increment.totals());
      ofWindows.add(increment);
      ofQuarters.add(increment);
    }
    JobTimes times = job.times();
    long start = ofWindows.earliestStartEpochMillis();
    boolean keepsStart =
        job.state() != JobState.UNKNOWN || (times.hasStart() && times.startEpochMillis() <= start);
    JobSummary after =
        new JobSummary(
            job.site(),
            job.job(),
            job.details(),
            job.state(),
            times.withWindows(
                keepsStart ? times.startEpochMillis() : start,
                ofWindows.lastEpochMillis(times.lastEpochMillis())),
            ofWindows.peakMilliwatts(),
            job.work(),
            total,
            known.fragmentEpochMillis(),
            job.nodes());
    // nothing below throws: all are put, or none
    ofWindows.put();
    totals.put(key, known.updated(arrivalEpochMillis, after));
    ofQuarters.put();
    if (ofWindows.hasPeakFallen()) {
      peaksToFind.add(key);
    }
    if (holdsNothing(after)) {
      quarters.require(key);
    }
  }

  /** A job that its scheduler has ended may be held by a node for days, and consume energy. */
  private static boolean holdsNothing(JobSummary job) {
    return switch (job.endedBy()) {
      case NOBODY, STILL_HELD -> false;
      case SCHEDULER, HOOK, AGENT, TAKEN_OVER, LIMIT -> true;
    };
  }

  private void report(String key, JobRecord report, long arrivalEpochMillis) {
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known == null) {
      known =
          ExpiringAggregate.begin(
              report.span().hasStart() ? report.span().startEpochMillis() : arrivalEpochMillis,
              arrivalEpochMillis,
              ENDED_LIFE,
              unknown(report.site(), report.job()));
    }
    put(
        key,
        known,
        known.updated(
            arrivalEpochMillis,
            with(known.value(), report, known.fragmentEpochMillis(), arrivalEpochMillis)));
  }

  /** A job with what a report states; what it leaves out stays as it was. */
  private static JobSummary with(
      JobSummary job, JobRecord report, long fragmentEpochMillis, long arrivalEpochMillis) {
    // a late report that it runs does not undo an end; a start after that end does: it was requeued
    boolean over =
        job.state().ended()
            && !report.state().ended()
            && report.span().startEpochMillis() <= job.times().endEpochMillis();
    JobState state = over || report.state() == JobState.UNKNOWN ? job.state() : report.state();
    long end =
        !report.span().hasEnded() && state.ended()
            ? job.times().endEpochMillis()
            : report.span().endEpochMillis();
    long start = over ? job.times().startEpochMillis() : report.span().startEpochMillis();
    if (start == JobSpan.UNKNOWN) {
      start = job.times().startEpochMillis();
    } else if (job.state() == JobState.RUNNING && state == JobState.RUNNING) {
      start =
          Math.min(start, job.times().startEpochMillis()); // another node, or a later observation
    }
    if (start == JobSpan.UNKNOWN) {
      start = end != JobSpan.OPEN ? end : arrivalEpochMillis;
    }
    return new JobSummary(
        job.site(),
        job.job(),
        job.details().updatedWith(report.details()),
        state,
        job.times().withSpan(start, end == JobSpan.OPEN ? end : Math.max(start, end)),
        job.peakMilliwatts(),
        job.work().updatedWith(report.work()),
        job.totals(),
        fragmentEpochMillis,
        report.nodes() == 0 ? job.nodes() : report.nodes());
  }

  private static JobSummary unknown(String site, String job) {
    return new JobSummary(
        site,
        job,
        JobDetails.NONE,
        JobState.UNKNOWN,
        JobTimes.NONE,
        0,
        JobWork.NONE,
        Totals.ofJob(),
        0,
        0);
  }

  /**
   * Finds the highest mean power of any window, where the highest was corrected downwards: once for
   * all corrections of a commit, for it looks at all windows of the job.
   */
  private void findPeak(String key, ExpiringAggregate<JobSummary> known) {
    long highest = 0;
    for (ExpiringAggregate<JobWindow> window : windows.startingWith(key + "\0").values()) {
      highest = Math.max(highest, WindowSums.meanMilliwatts(window.value()));
    }
    totals.put(key, known.updated(known.lastUpdateEpochMillis(), known.value().withPeak(highest)));
  }

  private void emitWindows() {
    long now = streamMillis();
    JobWindowRecords records =
        new JobWindowRecords(record ->
            context.forward(
                new Record<>(record.key(), (JobOutput) new JobOutput.Windows(record), now),
                JobOutput.Windows.CHILD));
    for (String key : windows.changedKeys()) {
      records.add(requireNonNull(windows.get(key), "a changed window").value());
    }
    records.end();
  }

  private void emitJobs() {
    long now = streamMillis();
    for (String key : List.copyOf(totals.changedKeys())) {
      if (peaksToFind.remove(key)) {
        findPeak(key, requireNonNull(totals.get(key), "a changed job"));
      }
      JobSummary job = asKnown(anchored(key, requireNonNull(totals.get(key), "a changed job")));
      context.forward(
          new Record<>(key, (JobOutput) new JobOutput.Summary(job), now), JobOutput.Summary.CHILD);
    }
  }

  /**
   * A running job without any allocation left has ended; its state is unknown until a report of its
   * end, or another allocation, arrives.
   */
  private static JobSummary asKnown(JobSummary job) {
    return job.state() == JobState.RUNNING && job.endedBy() != JobSummary.EndedBy.NOBODY
        ? job.withState(JobState.UNKNOWN)
        : job;
  }

  /** The time-series store has the summary at a time that never changes: its first known start. */
  private JobSummary anchored(String key, ExpiringAggregate<JobSummary> known) {
    JobSummary job = known.value();
    if (job.times().hasAnchor()) {
      return job;
    }
    JobSummary anchored = job.withTimes(job.times().anchoredAtStart());
    totals.put(key, known.updated(known.lastUpdateEpochMillis(), anchored));
    return anchored;
  }
}
