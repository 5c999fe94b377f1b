// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.CommitScope;
import io.github.joulestream.streams.state.ExpiringAggregate;
import io.github.joulestream.streams.state.ObjectCacheStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Adds increments to a job's windows and to the whole job, and tells how both stand when the task
 * commits.
 */
public final class TotalJobs implements Processor<String, JobInput, String, JobOutput> {
  public static final String WINDOWS = "job-windows";
  public static final String TOTALS = "job-totals";

  private static final long NONE = -1;
  // a job that has ended is closed when nothing was heard of it for this long; any other later
  private static final Duration ENDED_LIFE = Duration.ofHours(2);
  private static final Duration OPEN_LIFE = Duration.ofDays(7);

  private final RecordRefusals refusals;
  private final Deserializer<JobRecord> statements = WireSerdes.jobs().deserializer();
  private final Deserializer<JobWindow> increments = WireSerdes.jobWindows().deserializer();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, JobOutput> context;

  @SuppressWarnings("NullAway.Init")
  private ObjectCacheStore<ExpiringAggregate<JobWindow>> windows;

  @SuppressWarnings("NullAway.Init")
  private ObjectCacheStore<ExpiringAggregate<JobSummary>> totals;

  // jobs whose highest window was corrected downwards since the last commit
  private final Set<String> peaksToFind = new HashSet<>();

  /** Totals of jobs; what cannot be used is refused there. */
  public TotalJobs(RecordRefusals refusals) {
    this.refusals = refusals;
  }

  /** The store of windows. */
  public static StoreBuilder<ObjectCacheStore<ExpiringAggregate<JobWindow>>> windows(
      CacheBudget budget) {
    return ExpiringAggregate.store(WINDOWS, WireSerdes.jobWindows(), budget);
  }

  /** The store of whole jobs. */
  public static StoreBuilder<ObjectCacheStore<ExpiringAggregate<JobSummary>>> totals(
      CacheBudget budget) {
    return ExpiringAggregate.store(TOTALS, WireSerdes.jobSummaries(), budget);
  }

  @Override
  public void init(ProcessorContext<String, JobOutput> newContext) {
    context = newContext;
    windows = context.getStateStore(WINDOWS);
    totals = context.getStateStore(TOTALS);
    peaksToFind.clear();
    CommitScope scope = new CommitScope(context);
    windows.atCommit(scope.of(this::tellWindows));
    totals.atCommit(scope.of(this::tellJobs));
    context.schedule(
        CacheBudget.INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          windows.dropSurplus();
          totals.dropSurplus();
        });
    context.schedule(ExpiringAggregate.SWEEP, PunctuationType.STREAM_TIME, this::sweep);
  }

  @Override
  public void process(Record<String, JobInput> news) {
    byte[] value =
        switch (news.value()) {
          case JobInput.Increment(byte[] increment) -> increment;
          case JobInput.Statement(byte[] statement) -> statement;
        };
    try {
      String key = RecordRefusals.checkedKey(news.key(), value);
      if (news.value() instanceof JobInput.Increment) {
        JobWindow window = increments.deserialize("by-job", RecordRefusals.present(value));
        checkKey(window.site(), window.job(), key);
        add(key, window, news.timestamp());
      } else if (value == null) {
        forgetWhose(key, news.timestamp());
      } else {
        JobRecord job = statements.deserialize("jobs", value);
        checkKey(job.site(), job.job(), key);
        take(key, job, news.timestamp());
      }
    } catch (RuntimeException | StackOverflowError e) {
      Place place = Place.of(context.recordMetadata().orElseThrow());
      context.forward(refusals.refuse(news, value, place, e, JobOutput.Refused::new));
    }
  }

  private static void checkKey(String site, String job, String key) {
    if (!Keys.job(site, job).equals(key)) {
      throw new IllegalArgumentException(
          "a record of %s/%s has the key %s".formatted(site, job, key));
    }
  }

  /**
   * What was said of a job is withdrawn: whose it is, what it is called and its labels are not
   * known any more, and said so. What was booked to it stays.
   */
  private void forgetWhose(String key, long arrivalEpochMillis) {
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known != null) {
      totals.put(key, known.touched(arrivalEpochMillis, known.value().withoutNames()));
    }
  }

  private void sweep(long now) {
    long windowsOver = now - ExpiringAggregate.WINDOW_LIFE.toMillis();
    windows.deleteIf((_, window) -> ExpiringAggregate.touchedEpochMillis(window) < windowsOver);
    totals.deleteIf((_, written) -> {
      if (ExpiringAggregate.touchedEpochMillis(written) >= now - ENDED_LIFE.toMillis()) {
        return false;
      }
      ExpiringAggregate<JobSummary> job = totals.read(written);
      return job.touchedEpochMillis() < now - life(job.value()).toMillis();
    });
  }

  private static Duration life(JobSummary job) {
    return job.endedBy() == JobSummary.EndedBy.NOBODY ? OPEN_LIFE : ENDED_LIFE;
  }

  private void add(String key, JobWindow increment, long arrivalEpochMillis) {
    String windowKey = windowKey(key, increment.windowStartEpochMillis());
    ExpiringAggregate<JobWindow> before = windows.get(windowKey);
    if (before == null) {
      before =
          ExpiringAggregate.begin(
              increment.windowStartEpochMillis(),
              arrivalEpochMillis,
              ExpiringAggregate.WINDOW_LIFE,
              new JobWindow(
                  increment.site(),
                  increment.job(),
                  increment.windowStartEpochMillis(),
                  increment.windowMillis(),
                  Totals.ofJob()));
    }
    long powerBefore = meanMilliwatts(before.value());
    JobWindow after =
        new JobWindow(
            increment.site(),
            increment.job(),
            increment.windowStartEpochMillis(),
            increment.windowMillis(),
            before.value().totals().copy().addAll(increment.totals()),
            before.fragmentEpochMillis());
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known == null) {
      known =
          ExpiringAggregate.begin(
              increment.windowStartEpochMillis(),
              arrivalEpochMillis,
              ENDED_LIFE,
              unknown(increment.site(), increment.job()));
    }
    JobSummary job = known.value();
    long power = meanMilliwatts(after);
    long peak = Math.max(power, job.peakMilliwatts());
    if (power < peak && powerBefore == peak) {
      peaksToFind.add(key);
    }
    long start = increment.windowStartEpochMillis();
    JobTimes times = job.times();
    boolean keepsStart =
        job.state() != JobState.UNKNOWN || (times.hasStart() && times.startEpochMillis() <= start);
    ExpiringAggregate<JobSummary> total =
        known.touched(
            arrivalEpochMillis,
            new JobSummary(
                job.site(),
                job.job(),
                job.details(),
                job.state(),
                times.withWindows(
                    keepsStart ? times.startEpochMillis() : start,
                    last(key, windowKey, after, times.lastEpochMillis())),
                peak,
                job.work(),
                job.totals().copy().addAll(increment.totals()),
                known.fragmentEpochMillis(),
                job.nodes()));
    // from here on nothing fails: both, or none
    windows.put(windowKey, before.touched(arrivalEpochMillis, after));
    totals.put(key, total);
  }

  /**
   * The end of the last window in which there is something of the job. An end that arrives late
   * takes back what was booked behind it; then it is an earlier one.
   */
  private long last(String key, String changedKey, JobWindow changed, long lastEpochMillis) {
    long start = changed.windowStartEpochMillis();
    long end = start + changed.windowMillis();
    if (!changed.totals().isZero()) {
      return Math.max(lastEpochMillis, end);
    }
    if (end != lastEpochMillis) {
      return lastEpochMillis;
    }
    long last = NONE;
    for (Map.Entry<String, ExpiringAggregate<JobWindow>> entry :
        windows.startingWith(key + "\0").entrySet()) {
      ExpiringAggregate<JobWindow> window = entry.getValue();
      if (!entry.getKey().equals(changedKey) && !window.value().totals().isZero()) {
        last = Math.max(last, window.value().windowStartEpochMillis() + changed.windowMillis());
      }
    }
    // of windows that are closed nothing is known here any more
    return last == NONE ? start : last;
  }

  private void take(String key, JobRecord said, long arrivalEpochMillis) {
    ExpiringAggregate<JobSummary> known = totals.get(key);
    if (known == null) {
      known =
          ExpiringAggregate.begin(
              said.span().hasStart() ? said.span().startEpochMillis() : arrivalEpochMillis,
              arrivalEpochMillis,
              ENDED_LIFE,
              unknown(said.site(), said.job()));
    }
    totals.put(
        key,
        known.touched(
            arrivalEpochMillis,
            with(known.value(), said, known.fragmentEpochMillis(), arrivalEpochMillis)));
  }

  /** A job with what is said of it now; what is left out stays as it was. */
  private static JobSummary with(
      JobSummary job, JobRecord said, long fragmentEpochMillis, long arrivalEpochMillis) {
    // a late "it runs" does not undo an end; a start after that end does: it was requeued
    boolean over =
        job.state().ended()
            && !said.state().ended()
            && said.span().startEpochMillis() <= job.times().endEpochMillis();
    JobState state = over || said.state() == JobState.UNKNOWN ? job.state() : said.state();
    long end =
        !said.span().hasEnded() && state.ended()
            ? job.times().endEpochMillis()
            : said.span().endEpochMillis();
    long start = over ? job.times().startEpochMillis() : said.span().startEpochMillis();
    if (start == JobSpan.UNKNOWN) {
      start = job.times().startEpochMillis();
    } else if (job.state() == JobState.RUNNING && state == JobState.RUNNING) {
      start = Math.min(start, job.times().startEpochMillis()); // another node, or seen once more
    }
    if (start == JobSpan.UNKNOWN) {
      start = end != JobSpan.OPEN ? end : arrivalEpochMillis;
    }
    return new JobSummary(
        job.site(),
        job.job(),
        job.details().updatedWith(said.details()),
        state,
        job.times().withSpan(start, end == JobSpan.OPEN ? end : Math.max(start, end)),
        job.peakMilliwatts(),
        job.work().updatedWith(said.work()),
        job.totals(),
        fragmentEpochMillis,
        said.nodes() == 0 ? job.nodes() : said.nodes());
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
      highest = Math.max(highest, meanMilliwatts(window.value()));
    }
    totals.put(key, known.touched(known.touchedEpochMillis(), known.value().withPeak(highest)));
  }

  /** Millijoules over milliseconds are watts. */
  private static long meanMilliwatts(JobWindow window) {
    return Math.multiplyExact(window.totals().get(JobAmount.TOTAL_MILLIJOULES), 1000L)
        / window.windowMillis();
  }

  /** In the order of time, as text. */
  private static String windowKey(String key, long windowStartEpochMillis) {
    return key + "\0" + HexFormat.of().toHexDigits(windowStartEpochMillis);
  }

  private void tellWindows() {
    long now = Math.max(0, context.currentStreamTimeMs());
    for (String key : windows.changedKeys()) {
      JobWindow window = requireNonNull(windows.get(key), "a changed window").value();
      context.forward(
          new Record<>(
              Keys.job(window.site(), window.job()),
              (JobOutput) new JobOutput.Window(window),
              now));
    }
  }

  private void tellJobs() {
    long now = Math.max(0, context.currentStreamTimeMs());
    for (String key : List.copyOf(totals.changedKeys())) {
      if (peaksToFind.remove(key)) {
        findPeak(key, requireNonNull(totals.get(key), "a changed job"));
      }
      JobSummary job = asKnown(anchored(key, requireNonNull(totals.get(key), "a changed job")));
      context.forward(new Record<>(key, (JobOutput) new JobOutput.Summary(job), now));
    }
  }

  /**
   * A job that nobody has ended, and that holds nothing on any node any more, does not run: how it
   * ended is not known until somebody says so, or it is given something again.
   */
  private static JobSummary asKnown(JobSummary job) {
    return job.state() == JobState.RUNNING && job.endedBy() != JobSummary.EndedBy.NOBODY
        ? job.withState(JobState.UNKNOWN)
        : job;
  }

  /** A store keeps the summary under a time that never changes: the start as it was first told. */
  private JobSummary anchored(String key, ExpiringAggregate<JobSummary> known) {
    JobSummary job = known.value();
    if (job.times().hasAnchor()) {
      return job;
    }
    JobSummary anchored = job.withTimes(job.times().anchoredAtStart());
    totals.put(key, known.touched(known.touchedEpochMillis(), anchored));
    return anchored;
  }
}
