// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobSummary;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;

/** Reads results out of a store. */
public interface ResultReader extends AutoCloseable {
  /** Later than any window: a store counts in nanoseconds. */
  long END_EPOCH_MILLIS = Long.MAX_VALUE / 1_000_000;

  /** Every job's totals so far. */
  List<JobSummary> jobSummaries();

  /**
   * Each site's ledger, summed over its windows of 10 s.
   *
   * @param fromEpochMillis start of the first window
   * @param toEpochMillis windows that start here or later are left out
   */
  SortedMap<String, Totals<SiteAmount>> ledger(long fromEpochMillis, long toEpochMillis);

  /** Start of each site's newest window of 10 s, Unix epoch, ms. */
  SortedMap<String, Long> newestWindows();

  /**
   * A window of a site whose ledger does not balance.
   *
   * @param differenceMillijoules measured less jobs less idle, mJ
   */
  record Unbalanced(String site, long windowStartEpochMillis, long differenceMillijoules) {}

  /** The windows, of any length, that do not balance in a range of time; there must be none. */
  List<Unbalanced> unbalanced(long fromEpochMillis, long toEpochMillis);

  /** Energy of all jobs, summed over their windows, mJ. */
  long jobEnergyMillijoules();

  /** Start of the newest window of any job with energy, Unix epoch, ms. */
  OptionalLong newestJobEnergyEpochMillis();

  @Override
  void close();
}
