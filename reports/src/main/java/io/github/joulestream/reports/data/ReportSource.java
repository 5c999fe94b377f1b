// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.HistoryReader;

/** Where the kinds of reports take their data from. */
public interface ReportSource {
  /** How much is read of a period. */
  enum Detail {
    /** The ledger of sites alone: for comparisons and trends. */
    SITES,
    /** And jobs by user and project. */
    GROUPS,
    /** And each job. */
    JOBS
  }

  /** What was asked for. */
  ReportRequest request();

  /** Everything of a period; read once, and kept while the report is made. */
  PeriodData of(Period period, Detail detail);

  /** The store, for what only one kind of report needs. */
  HistoryReader history();

  /** Shows what is being done, for people who wait: {@code jobs of 2026-10}. */
  void progress(String what);
}
