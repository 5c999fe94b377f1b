// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import java.util.Map;

/** Ended jobs for tests. */
final class WorkedJobs {
  private static int number;

  private WorkedJobs() {}

  /** A job of an hour on 8 GPUs. */
  static EndedJob of(double work, String unit, double joules, Map<String, String> labels) {
    Totals<JobAmount> totals =
        Totals.ofJob()
            .add(JobAmount.TOTAL_MILLIJOULES, Math.round(joules * 1000))
            .add(JobAmount.COVERED_MILLIS, 36_000_000)
            .add(JobAmount.GPU_HELD_MILLIS, 8 * 3_600_000)
            .add(JobAmount.GPU_BUSY_MILLIS, 6 * 3_600_000);
    return of(work, unit, labels, totals);
  }

  /** A job of an hour with these amounts. */
  static EndedJob of(
      double work, String unit, Map<String, String> labels, Totals<JobAmount> totals) {
    String id = "c/" + number++;
    JobDetails details = new JobDetails("ada", "climate", "run", "batch", labels);
    JobSummary whole =
        new JobSummary(
            "east",
            id,
            details,
            JobState.COMPLETED,
            new JobTimes(0, 0, 3_600_000, 3_600_000),
            0,
            new JobWork(work, unit),
            totals,
            0,
            1);
    return EndedJob.of(
        new JobUse("east", id, "ada", "climate", "run", "batch", labels, new Use(), whole), whole);
  }
}
