// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.HistoryReader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Data of reports out of a store. */
public final class StoreReportSource implements ReportSource {
  private final HistoryReader history;
  private final ReportRequest request;
  private final Consumer<String> progress;
  private final PeriodReader reader;
  private final Map<Period, ReadPeriod> periods = new HashMap<>();

  /**
   * Data for one report.
   *
   * @param history the store; it stays open
   * @param request what is asked for
   * @param progress is given what is being read: {@code jobs of 2026-10}
   */
  public StoreReportSource(
      HistoryReader history, ReportRequest request, Consumer<String> progress) {
    this.history = history;
    this.request = request;
    this.progress = progress;
    this.reader = new PeriodReader(history, request, progress);
  }

  @Override
  public ReportRequest request() {
    return request;
  }

  /**
   * {@inheritDoc} What is after the request's {@code asOf} is cut off: {@link PeriodData#period} is
   * what is left. Jobs are read one by one, though only their groups are asked for, if the request
   * is of jobs with labels, or by partition, label or job.
   */
  @Override
  public PeriodData of(Period period, Detail detail) {
    Detail needed = detail == Detail.GROUPS && needsJobs() ? Detail.JOBS : detail;
    ReadPeriod known = periods.get(period);
    if (known == null || known.detail().compareTo(needed) < 0) {
      known = reader.read(period, needed);
      periods.put(period, known);
    }
    return known;
  }

  private boolean needsJobs() {
    return !request.labels().isEmpty()
        || request.groupings().stream()
            .anyMatch(grouping ->
                switch (grouping.by()) {
                  case PARTITION, LABEL, JOB -> true;
                  case USER, PROJECT, SITE, NODE, KIND, DAY -> false;
                });
  }

  @Override
  public HistoryReader history() {
    return history;
  }

  @Override
  public void progress(String what) {
    progress.accept(what);
  }
}
