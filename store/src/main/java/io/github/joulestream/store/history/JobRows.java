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

  private final SharedTexts texts;

  JobRows(SharedTexts texts) {
    this.texts = texts;
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
