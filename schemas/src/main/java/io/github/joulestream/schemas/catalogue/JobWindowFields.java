// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.JobAmount;

/** Fields of {@link Measurement#JOB_WINDOW}. */
final class JobWindowFields {
  private JobWindowFields() {}

  static Definition definition() {
    return Definition.of("job_window", Retention.WEEKS, "site", "job")
        .amounts(JobAmount.values())
        .doubles("mean_watts")
        .build();
  }
}
