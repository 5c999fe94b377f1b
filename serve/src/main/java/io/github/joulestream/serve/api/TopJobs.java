// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** The first jobs of an order, after a place in it, out of any number of jobs. */
final class TopJobs {
  private final JobOrder order;
  private final Optional<JobOrder.Place> after;
  private final int most;
  // the last of the order at its head
  private final PriorityQueue<KnownJob> kept;

  /** At most so many. */
  TopJobs(JobOrder order, Optional<JobOrder.Place> after, int most) {
    this.order = order;
    this.after = after;
    this.most = most;
    this.kept = new PriorityQueue<>(order.ofJobs().reversed());
  }

  /** The same without any job. */
  TopJobs empty() {
    return new TopJobs(order, after, most);
  }

  void add(KnownJob job) {
    if (after.isPresent() && !order.isAfter(job, after.get())) {
      return;
    }
    KnownJob last = kept.peek();
    // one more than are shown says that there are more
    if (last != null && kept.size() > most) {
      if (order.ofJobs().compare(job, last) >= 0) {
        return;
      }
      kept.poll();
    }
    kept.add(job);
  }

  /** In their order. */
  List<KnownJob> list() {
    List<KnownJob> jobs = new ArrayList<>(kept);
    jobs.sort(order.ofJobs());
    return jobs.subList(0, Math.min(most, jobs.size()));
  }

  /** Whether there are more. */
  boolean hasMore() {
    return kept.size() > most;
  }
}
