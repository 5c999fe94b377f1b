// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.catalogue.Measurement;

/** A row that a store answered with: the way back from the fields of the catalogue to records. */
public interface ResultRow {
  /** A whole number; 0 where there is none. */
  long number(String column);

  /** A number; 0 where there is none. */
  double real(String column);

  /** A text; empty where there is none. */
  String text(String column);

  /** A row of {@link Measurement#JOB_SUMMARY}. */
  default JobSummary jobSummary() {
    Totals<JobAmount> totals = Totals.ofJob();
    for (JobAmount amount : JobAmount.values()) {
      totals.set(amount, number(Measurement.field(amount)));
    }
    return new JobSummary(
        text("site"),
        text("job"),
        new JobDetails(
            text("user"),
            text("project"),
            text("name"),
            text("partition"),
            LabelText.parse(text("labels"))),
        JobState.valueOf(text("state")),
        new JobTimes(
            number("anchor_epoch_millis"),
            number("start_epoch_millis"),
            number("end_epoch_millis"),
            number("last_epoch_millis")),
        number("peak_milliwatts"),
        new JobWork(real("work"), text("work_unit")),
        totals,
        number("fragment_epoch_millis"),
        (int) number("nodes"));
  }

  /** The amounts of {@link Measurement#LEDGER}, or sums of them. */
  default Totals<SiteAmount> siteTotals() {
    Totals<SiteAmount> totals = Totals.ofSite();
    for (SiteAmount amount : SiteAmount.values()) {
      totals.set(amount, number(Measurement.field(amount)));
    }
    return totals;
  }
}
