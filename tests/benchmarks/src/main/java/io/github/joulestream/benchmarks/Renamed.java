// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;

/** The same news of another job or node, and of another time. */
final class Renamed {
  private Renamed() {}

  static JobRecord job(JobRecord job, String name) {
    return job(job, name, 0);
  }

  static JobRecord job(JobRecord job, String name, long laterMillis) {
    JobSpan span = job.span();
    return new JobRecord(
        job.site(),
        name,
        job.details(),
        new JobSpan(
            span.startEpochMillis() + laterMillis,
            span.hasEnded() ? span.endEpochMillis() + laterMillis : JobSpan.OPEN),
        job.state(),
        job.work(),
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
        event.shares(),
        event.gpusOnNode(),
        event.reporter());
  }
}
