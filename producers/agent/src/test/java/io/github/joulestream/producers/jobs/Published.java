// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was published of jobs. */
final class Published implements Publisher {
  private final List<AllocationEvent> allocations = new ArrayList<>();
  private final List<JobRecord> jobs = new ArrayList<>();

  /** A job of which nothing is taken. */
  String refuses = "";

  /** What was published since this was last asked. */
  List<AllocationEvent> allocations() {
    List<AllocationEvent> taken = List.copyOf(allocations);
    allocations.clear();
    return taken;
  }

  /** What was published since this was last asked. */
  List<JobRecord> jobs() {
    List<JobRecord> taken = List.copyOf(jobs);
    jobs.clear();
    return taken;
  }

  @Override
  public void publish(TelemetryBatch batch) {
    throw new AssertionError("no telemetry here");
  }

  @Override
  public void publish(AllocationEvent event) {
    if (event.job().equals(refuses)) {
      throw new IllegalArgumentException("it is over the bounds");
    }
    allocations.add(event);
  }

  @Override
  public void publish(JobRecord job) {
    jobs.add(job);
  }

  @Override
  public void publish(NodeRecord node) {
    throw new AssertionError("no nodes here");
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
