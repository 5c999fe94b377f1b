// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.JobAmount;

/** Fields of {@link Measurement#JOB_SUMMARY}. */
final class JobSummaryFields {
  private JobSummaryFields() {}

  static Definition definition() {
    return Definition.of("job_summary", Retention.YEARS, "site")
        .texts("job", "user", "project", "name", "partition", "labels", "state")
        .longs(
            "anchor_epoch_millis",
            "start_epoch_millis",
            "end_epoch_millis",
            "last_epoch_millis",
            "peak_milliwatts")
        .doubles("work")
        .texts("work_unit")
        .longs("nodes")
        .texts("ended_by")
        .longs("fragment_epoch_millis")
        .amounts(JobAmount.values())
        .build();
  }
}
