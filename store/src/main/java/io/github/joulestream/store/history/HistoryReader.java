// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.JobSummary;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Reads history for reports. Rows are passed on as they arrive, so that memory does not grow with
 * their number; their order is not defined. Every method throws {@link
 * java.io.UncheckedIOException} if the store cannot be reached, refuses a query or ends an answer
 * in its middle: rows that were passed on until then are not all.
 */
public interface HistoryReader extends AutoCloseable {
  /** Names of all sites that the store has a ledger of. */
  SortedSet<String> sites();

  /** Start of the first step of an hour that the ledger of a site has; empty if none. */
  OptionalLong firstHour(String site);

  /**
   * The ledger of sites, in steps.
   *
   * @param stepMillis a quarter of an hour, or an hour; a step has one row at most, with all its
   *     fragments added up
   */
  void siteSteps(SortedSet<String> sites, TimeRange range, int stepMillis, Consumer<SiteStep> rows);

  /** Energy of jobs in steps. */
  void usage(UsageQuery query, Consumer<UsageRow> rows);

  /**
   * Whole jobs that were under way in a range: started before its end, and had energy or ended
   * after its start. Fragments of a job are separate rows, which add up. Jobs that started over 366
   * days before the range are left out.
   */
  void jobs(SortedSet<String> sites, TimeRange range, Consumer<JobSummary> rows);

  /** All issues of all intervals that have time in common with a range. */
  void grid(SortedSet<String> sites, TimeRange range, Consumer<GridInterval> rows);

  /** Nodes, as far as their windows are still kept. */
  void nodes(SortedSet<String> sites, TimeRange range, Consumer<NodeEnergy> rows);

  /** From when on the store has windows of nodes; empty if none. Unix epoch, ms. */
  OptionalLong nodeWindowsFrom(SortedSet<String> sites);

  /** Nodes by day. */
  void nodeDays(SortedSet<String> sites, TimeRange range, Consumer<NodeDay> rows);

  /** Memory and storage by the hour. */
  void capacity(SortedSet<String> sites, TimeRange range, Consumer<CapacityStep> rows);

  /** Peaks of groups of nodes by the hour. */
  void poolPeaks(SortedSet<String> sites, TimeRange range, Consumer<PoolPeakStep> rows);

  /** All changes of budgets up to a time. */
  void budgets(SortedSet<String> sites, long toEpochMillis, Consumer<BudgetStep> rows);

  @Override
  void close();
}
