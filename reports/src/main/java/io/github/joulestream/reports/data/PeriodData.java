// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.period.Period;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** Everything that happened in a period at the sites of a request. */
public interface PeriodData {
  /** Amounts of the ledger that are kept step by step. */
  Set<SiteAmount> STEP_AMOUNTS =
      Set.of(
          SiteAmount.MEASURED_TOTAL_MILLIJOULES,
          SiteAmount.JOBS_TOTAL_MILLIJOULES,
          SiteAmount.IDLE_TOTAL_MILLIJOULES,
          SiteAmount.HELD_IDLE_MILLIJOULES,
          SiteAmount.FACILITY_MILLIJOULES,
          SiteAmount.GPU_MILLIS,
          SiteAmount.GPU_ALLOCATED_MILLIS,
          SiteAmount.GPU_BUSY_MILLIS,
          SiteAmount.COVERED_MILLIS,
          SiteAmount.UNCOVERED_MILLIS);

  /** Of what; it ends earlier than what was asked for if that was not settled at {@code asOf}. */
  Period period();

  /** Sites that have a ledger in the period. */
  SortedMap<String, SiteUse> sites();

  /**
   * Use of jobs by this grouping, largest energy first is left to the caller. Keys: the name of the
   * user, project, partition or label's value, empty where it is unknown; {@code site}; the kind of
   * device; the day as {@code 2026-10-01}; {@code site/job}. Not for {@link Grouping.By#NODE}. Over
   * all keys the use adds up to that of all jobs.
   */
  SortedMap<String, Use> by(Grouping grouping);

  /** Use of all jobs that the request is of. */
  Use jobs();

  /** Each job with energy in the period; only if the data were asked for with jobs. */
  List<JobUse> jobList();

  /**
   * Measured energy less that of jobs less idle energy, mJ; 0 unless there is a defect. Of jobs it
   * has what was read of each or of their groups, if the request is not narrowed; else the
   * ledger's.
   */
  BigInteger difference();

  /** Number of jobs with energy in the period, or that were under way in it. */
  long jobCount();

  /** What was multiplied with, for the report's foot. */
  List<Factor> factors();

  /** What is missing or uncertain, as sentences. */
  List<String> notes();
}
