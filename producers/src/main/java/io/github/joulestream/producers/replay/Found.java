// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.schemas.JobRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the readers of the formats have found so far. */
final class Found {
  final List<NodeLog> logs = new ArrayList<>();
  final List<TracedJob> jobs = new ArrayList<>();
  private final Set<String> jobIds = new HashSet<>();
  final Notices notices = new Notices();

  /** Adds a job; if its id is taken, under another one. */
  void add(String file, TracedJob traced) {
    JobRecord job = traced.ended();
    String id = job.job();
    for (int copy = 2; !jobIds.add(id); copy++) {
      id = job.job() + "~" + copy;
    }
    if (!id.equals(job.job())) {
      notices.add(
          "%s: there is a job %s already, so this one is %s".formatted(file, job.job(), id));
      job =
          new JobRecord(
              job.site(),
              id,
              job.user(),
              job.project(),
              job.name(),
              job.partition(),
              job.labels(),
              job.startEpochMillis(),
              job.endEpochMillis(),
              job.state(),
              job.work(),
              job.workUnit());
    }
    jobs.add(new TracedJob(job, traced.nodes(), traced.gpus()));
  }

  boolean nothing() {
    return logs.isEmpty();
  }
}
