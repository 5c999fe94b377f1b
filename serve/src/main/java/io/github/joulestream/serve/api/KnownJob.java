// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.store.history.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * A job as far as it is known, live or out of the store.
 *
 * @param summary of all its fragments; null if none has arrived yet
 * @param live as it is now; null if it is over
 */
record KnownJob(String site, String job, @Nullable JobSummary summary, @Nullable LiveJob live) {
  private static final int BASIS_POINTS = 10_000;

  static KnownJob of(String site, LiveJob live) {
    return new KnownJob(site, live.job(), live.summary(), live);
  }

  static KnownJob of(JobSummary stored) {
    return new KnownJob(stored.site(), stored.job(), stored, null);
  }

  JobDetails details() {
    return summary == null ? JobDetails.NONE : summary.details();
  }

  JobState state() {
    return summary == null ? JobState.UNKNOWN : summary.state();
  }

  Totals<JobAmount> totals() {
    return summary == null ? Totals.ofJob() : summary.totals();
  }

  long millijoules() {
    return totals().get(JobAmount.TOTAL_MILLIJOULES);
  }

  long heldIdleMillijoules() {
    return totals().get(JobAmount.HELD_IDLE_MILLIJOULES);
  }

  boolean isOver() {
    return live == null || live.isOver();
  }

  /** Its power now, mW; null if it is over. */
  @Nullable Long milliwatts() {
    return live == null || isOver() ? null : live.milliwatts();
  }

  /** GPUs that it holds now; null if it is over. */
  @Nullable Double gpus() {
    return live == null || isOver() ? null : (double) live.gpuBasisPoints() / BASIS_POINTS;
  }

  /** Nodes; null if it is not known how many. */
  @Nullable Long nodes() {
    long nodes = summary == null ? 0 : summary.nodes();
    if (nodes == 0 && live != null) {
      nodes = live.nodes().length;
    }
    if (nodes == 0) {
      nodes = totals().get(JobAmount.NODES_HELD);
    }
    return nodes == 0 ? null : nodes;
  }

  /** Its start, Unix epoch, ms; null if it is not known. */
  @Nullable Long start() {
    return summary != null && summary.times().hasStart()
        ? Long.valueOf(summary.times().startEpochMillis())
        : null;
  }

  /** Its end, Unix epoch, ms; null if it is not over, or that is not known. */
  @Nullable Long end() {
    return summary != null && summary.times().hasEnded()
        ? Long.valueOf(summary.times().endEpochMillis())
        : null;
  }

  /**
   * From its start to its end, or until now; empty at now if its start is not known.
   *
   * @param nowMillis Unix epoch, ms
   */
  TimeRange span(long nowMillis) {
    Long start = start();
    if (summary == null || start == null) {
      return new TimeRange(nowMillis, nowMillis);
    }
    long end =
        isOver()
            ? Math.max(
                summary.times().hasEnded() ? summary.times().endEpochMillis() : 0,
                summary.times().lastEpochMillis())
            : nowMillis;
    return new TimeRange(start, Math.max(start, end));
  }

  /** Whether it was under way in a range. */
  boolean isWithin(TimeRange range, long nowMillis) {
    TimeRange span = span(nowMillis);
    return span.from() < range.to() && span.to() > range.from();
  }
}
