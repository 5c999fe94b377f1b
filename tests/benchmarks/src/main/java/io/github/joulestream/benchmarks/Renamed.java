// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;

/** The same news of another job or node, and of another time. */
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

  static AllocationEvent allocation(
      AllocationEvent event, String node, String job, long laterMillis) {
    return new AllocationEvent(
        event.site(),
        node,
        job,
        event.action(),
        event.atEpochMillis() + laterMillis,
        event.devices(),
        event.memoryBasisPoints(),
        event.storageBasisPoints(),
        event.cpuBasisPoints(),
        event.nodeBasisPoints(),
        event.gpusOnNode(),
        event.reporter());
  }
}
