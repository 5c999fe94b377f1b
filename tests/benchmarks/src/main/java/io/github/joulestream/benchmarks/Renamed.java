// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.schemas.JobRecord;

/** The same job under another name, and at another time. */
final class Renamed {
  private Renamed() {}

  static JobRecord job(JobRecord job, String name) {
    return job(job, name, 0);
  }

  static JobRecord job(JobRecord job, String name, long laterMillis) {
    return new JobRecord(
        job.site(),
        name,
        job.user(),
        job.project(),
        job.name(),
        job.partition(),
        job.labels(),
        job.startEpochMillis() + laterMillis,
        job.endEpochMillis() == JobRecord.OPEN
            ? JobRecord.OPEN
            : job.endEpochMillis() + laterMillis,
        job.state(),
        job.work(),
        job.workUnit(),
        job.nodes());
  }
}
