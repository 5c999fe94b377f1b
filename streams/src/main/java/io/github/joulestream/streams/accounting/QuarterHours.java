// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.ExpiringAggregate;
import io.github.joulestream.streams.state.ObjectCacheStore;
import io.github.joulestream.streams.state.PendingOutput;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The totals of a task's jobs by quarter of an hour, and when they are emitted:
 *
 * <pre>
 *   a quarter of a running job     at most once a minute of stream time
 *   of a job that has ended        at the next commit
 *   one that is over               at the next commit: what changes it then is late
 *   under other details            at the next commit
 *   when no record arrives         after 4 to 6 s, or 40 to 42 s while tasks of this program still
 *                                  have increments to emit
 * </pre>
 *
 * <p>Each change would be a record and a point per commit; a minute is a fifteenth of the quarter.
 *
 * <p>Every increment to a job is in exactly one quarter, that of its window, so the quarters of a
 * job add up to its summary in every amount. Nodes that are counted once are in the quarter in
 * which the node began to be held (held), or in that of the last millisecond in which it was
 * (released, ended, taken over, expired).
 *
 * <p>Which quarters are still to be emitted is in the state too ({@link QuarterState}), so after a
 * crash only those are emitted again, at the first commit. One thread.
 */
final class QuarterHours {
  static final String STORE = "job-quarter-hours";

  static final long INTERVAL_MILLIS = 60_000;

  // ticks of TotalJobs without a record
  private static final int SETTLED_TICKS = 2;
  private static final int QUIET_TICKS = 20;

  private final ObjectCacheStore<ExpiringAggregate<QuarterState>> quarters;
  private final Function<String, @Nullable JobDetails> details;
  private final Consumer<JobQuarterHour> output;
  private final PendingOutput pendingOutput;
  private final TaskId task;

  // keys of quarters that are to be emitted, by job
  private final Map<String, Set<String>> pending = new LinkedHashMap<>();
  // of these, what does not wait for the minute
  private final Set<String> urgent = new LinkedHashSet<>();
  private long emittedMillis;
  private boolean required;
  private boolean received;
  private int quietTicks;
  private int settledTicks;

  /**
   * The quarters of a task.
   *
   * @param details of a job by its key; null if the job is not known any more
   * @param output takes what is emitted
   */
  QuarterHours(
      ObjectCacheStore<ExpiringAggregate<QuarterState>> quarters,
      Function<String, @Nullable JobDetails> details,
      Consumer<JobQuarterHour> output,
      PendingOutput pendingOutput,
      TaskId task) {
    this.quarters = quarters;
    this.details = details;
    this.output = output;
    this.pendingOutput = pendingOutput;
    this.task = task;
  }

  /** The store. */
  static StoreBuilder<ObjectCacheStore<ExpiringAggregate<QuarterState>>> store(CacheBudget budget) {
    return ExpiringAggregate.store(STORE, QuarterState.serde(), budget);
  }

  /** Begins with the state of the task: what it has not emitted yet is emitted at a commit. */
  void open() {
    quarters.checkFormats();
    quarters
        .keysIf((_, written) -> !quarters.read(written).value().isEmitted())
        .forEach(key -> addPending(jobKey(key), key));
    pendingOutput.noteQuarterHours(task, !pending.isEmpty());
  }

  /** Ends with the task. */
  void close() {
    pendingOutput.noteQuarterHours(task, false);
  }

  // ---- totals

  /**
   * What the increments of one record make of the quarters of a job. Nothing has changed until it
   * is {@linkplain #put put}.
   */
  final class Sums {
    private final String jobKey;
    private final long arrivalEpochMillis;
    private final Map<Long, Sum> sums = new LinkedHashMap<>();

    private Sums(String jobKey, long arrivalEpochMillis) {
      this.jobKey = jobKey;
      this.arrivalEpochMillis = arrivalEpochMillis;
    }

    /**
     * Adds an increment.
     *
     * @throws ArithmeticException if an amount overflows: then nothing of this may be put
     */
    void add(JobWindow increment) {
      sums.computeIfAbsent(
              Windows.quarterHourOf(increment.windowStartEpochMillis()),
              start -> begun(start, increment))
          .totals
          .addAll(increment.totals());
    }

    private Sum begun(long start, JobWindow increment) {
      String key = jobKey + "\0" + HexFormat.of().toHexDigits(start);
      ExpiringAggregate<QuarterState> before = quarters.get(key);
      if (before == null) {
        before =
            ExpiringAggregate.begin(
                start,
                arrivalEpochMillis,
                ExpiringAggregate.WINDOW_LIFE,
                QuarterState.empty(
                    increment.site(), increment.job(), start, Windows.QUARTER_HOUR_MILLIS));
      }
      return new Sum(key, before, before.value().quarter().totals().copy());
    }

    /** Puts the quarters, which are emitted at a later commit. */
    void put() {
      sums.forEach((start, sum) -> {
        ExpiringAggregate<QuarterState> before = sum.before;
        quarters.put(
            sum.key,
            before.updated(
                arrivalEpochMillis, before.value().with(sum.totals, before.fragmentEpochMillis())));
        addPending(jobKey, sum.key);
        if (arrivalEpochMillis >= start + Windows.QUARTER_HOUR_MILLIS) {
          urgent.add(sum.key);
        }
      });
    }
  }

  /**
   * A quarter with what is added to it.
   *
   * @param totals all of it
   */
  private record Sum(
      String key, ExpiringAggregate<QuarterState> before, Totals<JobAmount> totals) {}

  /** Sums of quarters of a job without any increment. */
  Sums sums(String jobKey, long arrivalEpochMillis) {
    return new Sums(jobKey, arrivalEpochMillis);
  }

  private void addPending(String jobKey, String key) {
    pending.computeIfAbsent(jobKey, _ -> new LinkedHashSet<>()).add(key);
  }

  private static String jobKey(String key) {
    return key.substring(0, key.lastIndexOf('\0'));
  }

  // ---- events

  /** What is pending of a job is emitted at the next commit: the job has ended. */
  void require(String jobKey) {
    urgent.addAll(pending.getOrDefault(jobKey, Set.of()));
  }

  /**
   * The details of a job have changed: its quarters that are still in the state are emitted again
   * at the next commit.
   */
  void redescribe(String jobKey) {
    for (String key : quarters.startingWith(jobKey + "\0").keySet()) {
      addPending(jobKey, key);
      urgent.add(key);
    }
  }

  /** Notes that a record arrived. */
  void recordReceived() {
    received = true;
  }

  /**
   * To be called every 2 s of wall time: without records there may be no commit a minute later.
   *
   * @return true if what is pending is emitted at the next commit, which is required
   */
  boolean tick() {
    boolean quiet = !received;
    received = false;
    quietTicks = quiet ? quietTicks + 1 : 0;
    // a task that emits increments every 10 or 30 s has some pending most of that time
    settledTicks = quiet && pendingOutput.isNoneOfIncrements() ? settledTicks + 1 : 0;
    int enough = pendingOutput.isNoMoreExpected() ? 1 : SETTLED_TICKS;
    boolean due = settledTicks >= enough || quietTicks >= QUIET_TICKS;
    if (pending.isEmpty() || !due) {
      return false;
    }
    required = true;
    return true;
  }

  // ---- emission

  /** Emits what is due at a commit. */
  void emit(long streamMillis) {
    if (required || streamMillis - emittedMillis >= INTERVAL_MILLIS) {
      emitAll(streamMillis);
    } else {
      for (String key : List.copyOf(urgent)) {
        emit(key);
        Set<String> ofJob = pending.getOrDefault(jobKey(key), Set.of());
        ofJob.remove(key);
        if (ofJob.isEmpty()) {
          pending.remove(jobKey(key));
        }
      }
      urgent.clear();
    }
    pendingOutput.noteQuarterHours(task, !pending.isEmpty());
  }

  private void emitAll(long streamMillis) {
    pending.values().forEach(keys -> keys.forEach(this::emit));
    pending.clear();
    urgent.clear();
    emittedMillis = streamMillis;
    required = false;
  }

  private void emit(String key) {
    ExpiringAggregate<QuarterState> known = requireNonNull(quarters.get(key), "a changed quarter");
    QuarterState state = known.value();
    if (state.emission() == QuarterState.Emission.NEVER && state.quarter().totals().isZero()) {
      return; // what was added was taken back before anybody knew of it
    }
    JobDetails now = details.apply(jobKey(key));
    JobDetails current = now == null ? state.quarter().details() : now;
    if (state.isUnderOther(current)) {
      output.accept(state.withdrawal());
    }
    QuarterState emitted = state.emitted(current);
    output.accept(emitted.quarter());
    quarters.put(key, known.updated(known.lastUpdateEpochMillis(), emitted));
  }

  /** Deletes quarters that have expired, after what is still to be emitted was. */
  void sweep(long streamMillis) {
    emitAll(streamMillis);
    long expired = streamMillis - ExpiringAggregate.WINDOW_LIFE.toMillis();
    quarters.deleteIf((_, quarter) -> ExpiringAggregate.lastUpdateEpochMillis(quarter) < expired);
  }

  /** Drops objects while the caches exceed their budget. */
  void dropSurplus() {
    quarters.dropSurplus();
  }
}
