// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.history.BudgetStep;
import io.github.joulestream.store.history.CapacityStep;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.NodeDay;
import io.github.joulestream.store.history.NodeEnergy;
import io.github.joulestream.store.history.PoolPeakStep;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TooManyRows;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageRow;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A reader for one answer, that gives up after so many rows with {@link TooManyRows}, and after so
 * much time with {@link TookTooLong}.
 */
final class BoundedHistory implements HistoryReader {
  private static final int ROWS_BETWEEN_LOOKS = 1_024;

  private final HistoryReader history;
  private final int mostRows;
  private final int mostJobs;
  private final NanoClock clock;
  private final long startNanos;
  private final long longestNanos;
  private final AtomicInteger rowsRead = new AtomicInteger();
  private final AtomicInteger jobsRead = new AtomicInteger();

  /** It took longer than an answer may take. */
  static final class TookTooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private TookTooLong() {
      super("an answer out of the store took too long");
    }
  }

  /** Begins now; the reader stays open. */
  BoundedHistory(HistoryReader history, int mostRows, Duration longest, NanoClock clock) {
    this(history, mostRows, mostRows, longest, clock);
  }

  /**
   * Begins now; the reader stays open.
   *
   * @param mostJobs whole jobs: they are kept in memory, and rows of their energy are not
   */
  BoundedHistory(
      HistoryReader history, int mostRows, int mostJobs, Duration longest, NanoClock clock) {
    this.history = history;
    this.mostRows = mostRows;
    this.mostJobs = mostJobs;
    this.clock = clock;
    this.startNanos = clock.nanos();
    this.longestNanos = longest.toNanos();
  }

  private <T> Consumer<T> bounded(Consumer<T> rows) {
    checkTime();
    return row -> {
      int count = rowsRead.incrementAndGet();
      if (count > mostRows) {
        throw new TooManyRows(mostRows);
      }
      if (count % ROWS_BETWEEN_LOOKS == 0) {
        checkTime();
      }
      rows.accept(row);
    };
  }

  private void checkTime() {
    if (clock.nanos() - startNanos > longestNanos) {
      throw new TookTooLong();
    }
  }

  @Override
  public SortedSet<String> sites() {
    return history.sites();
  }

  @Override
  public OptionalLong firstHour(String site) {
    return history.firstHour(site);
  }

  @Override
  public void siteSteps(
      SortedSet<String> sites, TimeRange range, int stepMillis, Consumer<SiteStep> rows) {
    history.siteSteps(sites, range, stepMillis, bounded(rows));
  }

  @Override
  public void usage(UsageQuery query, Consumer<UsageRow> rows) {
    history.usage(query, bounded(rows));
  }

  @Override
  public void jobs(SortedSet<String> sites, TimeRange range, Consumer<JobSummary> rows) {
    history.jobs(
        sites,
        range,
        bounded(row -> {
          if (jobsRead.incrementAndGet() > mostJobs) {
            throw new TooManyRows(mostJobs);
          }
          rows.accept(row);
        }));
  }

  @Override
  public void grid(SortedSet<String> sites, TimeRange range, Consumer<GridInterval> rows) {
    history.grid(sites, range, bounded(rows));
  }

  @Override
  public void nodes(SortedSet<String> sites, TimeRange range, Consumer<NodeEnergy> rows) {
    history.nodes(sites, range, bounded(rows));
  }

  @Override
  public OptionalLong nodeWindowsFrom(SortedSet<String> sites) {
    return history.nodeWindowsFrom(sites);
  }

  @Override
  public void nodeDays(SortedSet<String> sites, TimeRange range, Consumer<NodeDay> rows) {
    history.nodeDays(sites, range, bounded(rows));
  }

  @Override
  public void capacity(SortedSet<String> sites, TimeRange range, Consumer<CapacityStep> rows) {
    history.capacity(sites, range, bounded(rows));
  }

  @Override
  public void poolPeaks(SortedSet<String> sites, TimeRange range, Consumer<PoolPeakStep> rows) {
    history.poolPeaks(sites, range, bounded(rows));
  }

  @Override
  public void budgets(SortedSet<String> sites, long toEpochMillis, Consumer<BudgetStep> rows) {
    history.budgets(sites, toEpochMillis, bounded(rows));
  }

  @Override
  public void close() {
    // of who made it
  }
}
