// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;

/** Rows of {@link Measurement#JOB_SUMMARY}. */
final class JobRows {
  /** All but the one that is worked out of others. */
  static final List<String> FIELDS =
      Measurement.JOB_SUMMARY.fields().keySet().stream()
          .filter(field -> !field.equals("ended_by"))
          .toList();

  private static final JobAmount[] AMOUNTS = JobAmount.values();
  private static final List<String> AMOUNT_FIELDS =
      Arrays.stream(AMOUNTS).map(Measurement::field).toList();

  private static final long LONGEST_JOB = 366 * StoreReads.DAY;

  /** A scheduler can report an earlier start than the one a summary was stored at. */
  private static final long LATE_ANCHOR = StoreReads.DAY;

  private final SharedTexts texts;

  JobRows(SharedTexts texts) {
    this.texts = texts;
  }

  /** Of jobs under way in a range, which did not start before it. */
  static Selection underWay(SortedSet<String> sites, TimeRange range) {
    return Selection.points(Measurement.JOB_SUMMARY, FIELDS, sites, lateAfter(range))
        .where(
            ("\"start_epoch_millis\" < %d AND"
                    + " (\"end_epoch_millis\" > %d OR \"last_epoch_millis\" > %d)")
                .formatted(range.to(), range.from(), range.from()));
  }

  /** In which a job can have started that is under way in a range. */
  static TimeRange before(TimeRange range) {
    return new TimeRange(Math.max(0, range.from() - LONGEST_JOB), range.from());
  }

  /** In which points of jobs can be that started in a range, or later. */
  static TimeRange lateAfter(TimeRange range) {
    return new TimeRange(range.from(), range.to() + LATE_ANCHOR);
  }

  /** In which points can be of what began in a range. */
  static TimeRange around(TimeRange range) {
    return new TimeRange(Math.max(0, range.from() - LATE_ANCHOR), range.to() + LATE_ANCHOR);
  }

  JobSummary of(HistoryRow row) {
    Totals<JobAmount> totals = Totals.ofJob();
    for (int i = 0; i < AMOUNTS.length; i++) {
      totals.set(AMOUNTS[i], row.number(AMOUNT_FIELDS.get(i)));
    }
    return new JobSummary(
        texts.text(row.text("site")),
        row.text("job"),
        texts.details(row),
        JobState.valueOf(row.text("state")),
        new JobTimes(
            row.number("anchor_epoch_millis"),
            row.number("start_epoch_millis"),
            row.number("end_epoch_millis"),
            row.number("last_epoch_millis")),
        row.number("peak_milliwatts"),
        new JobWork(row.real("work"), texts.text(row.text("work_unit"))),
        totals,
        row.number("fragment_epoch_millis"),
        Math.toIntExact(row.number("nodes")));
  }
}
