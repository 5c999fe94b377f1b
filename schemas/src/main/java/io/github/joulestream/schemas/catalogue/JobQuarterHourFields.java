// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.JobAmount;

/** Fields of {@link Measurement#JOB_QUARTER_HOUR}. */
final class JobQuarterHourFields {
  private JobQuarterHourFields() {}

  static Definition definition() {
    return Definition.of("job_quarter_hour", Retention.YEARS, "site", "user", "project")
        .texts("job", "name", "partition", "labels")
        .longs("start_epoch_millis", "fragment_epoch_millis")
        .amounts(JobAmount.values())
        .build();
  }
}
