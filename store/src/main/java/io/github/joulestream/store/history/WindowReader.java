// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.JobSummary;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Reads single sites, nodes, devices and jobs, for people who look at them. Every method throws
 * {@link java.io.UncheckedIOException} as those of {@link HistoryReader} do, and {@link
 * TooManyRows} instead of passing on more rows than it may. All texts are data to the store, never
 * part of a query's language. Safe for many threads: the store has a few requests at a time, and
 * who waits for a turn, or for the answer, for too long gets an {@link
 * java.io.UncheckedIOException}.
 */
public interface WindowReader extends AutoCloseable {
  /**
   * The ledger of a site in steps, in order of time, fragments added up.
   *
   * @param stepMillis 10 s, or a multiple of it that an hour or a day is a multiple of: from a
   *     quarter of an hour on it is read out of quarters, from an hour on out of hours, where it is
   *     a multiple of them
   * @param range is widened to whole steps
   */
  void sitePower(
      String site, TimeRange range, int stepMillis, int mostRows, Consumer<SiteStep> rows);

  /** A job in steps, as {@link #sitePower}; from a quarter of an hour on out of quarters. */
  void jobPower(
      String site,
      String job,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<JobStep> rows);

  /** A node in steps, as {@link #sitePower}; always out of windows of 10 s. */
  void nodePower(
      String site,
      String node,
      TimeRange range,
      int stepMillis,
      int mostRows,
      Consumer<NodeStep> rows);

  /** Windows of the devices of a node; none if the store keeps none. */
  void devices(String site, String node, TimeRange range, int mostRows, Consumer<DeviceStep> rows);

  /**
   * What jobs held of a node from when to when: placements that have time in common with the range.
   */
  void placementsOfNode(
      String site, String node, TimeRange range, int mostRows, Consumer<PlacementRow> rows);

  /**
   * Where a job ran.
   *
   * @param range of the whole job: what it began to hold within a day of it, and held in it
   */
  void placementsOfJob(
      String site, String job, TimeRange range, int mostRows, Consumer<PlacementRow> rows);

  /**
   * Summaries of one job, its fragments as separate rows, which add up.
   *
   * @param range in which it started, within a day
   */
  void job(String site, String job, TimeRange range, int mostRows, Consumer<JobSummary> rows);

  /**
   * Summaries of jobs under way in a range, as {@link HistoryReader#jobs}, of these users or these
   * projects.
   *
   * @param filter whose; {@link JobFilter#ALL} for everybody's
   */
  void jobs(
      SortedSet<String> sites,
      TimeRange range,
      JobFilter filter,
      int mostRows,
      Consumer<JobSummary> rows);

  /**
   * Energy of single jobs by quarters of an hour.
   *
   * @param range is widened to whole quarters
   */
  void jobQuarters(
      String site, SortedSet<String> jobs, TimeRange range, int mostRows, Consumer<UsageRow> rows);

  /** Alerts that fired in a range, or still fired in it. */
  void alerts(SortedSet<String> sites, TimeRange range, int mostRows, Consumer<AlertRow> rows);

  @Override
  void close();
}
