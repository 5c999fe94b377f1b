// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** The first jobs of an order, after a place in it, out of any number of jobs. */
final class TopJobs {
  private final JobOrder order;
  private final Optional<JobOrder.Place> after;
  private final int most;
  private final Comparator<JobOrder.Place> places;
  // the last of the order at its head
  private final PriorityQueue<Placed> kept;

  private record Placed(JobOrder.Place place, KnownJob job) {}

  /** At most so many. */
  TopJobs(JobOrder order, Optional<JobOrder.Place> after, int most) {
    this.order = order;
    this.after = after;
    this.most = most;
    this.places = order.ofPlaces();
    this.kept = new PriorityQueue<>(Comparator.comparing(Placed::place, places.reversed()));
  }

  /** The same without any job. */
  TopJobs empty() {
    return new TopJobs(order, after, most);
  }

  /**
   * Adds a job, unless there are enough before it.
   *
   * @return false if there are: those that come after it in the order need not be added
   */
  boolean add(KnownJob job) {
    JobOrder.Place place = order.place(job);
    if (after.isPresent() && places.compare(place, after.get()) <= 0) {
      return true;
    }
    Placed last = kept.peek();
    // one more than are shown says that there are more
    if (last != null && kept.size() > most) {
      if (places.compare(place, last.place()) >= 0) {
        return false;
      }
      kept.poll();
    }
    kept.add(new Placed(place, job));
    return true;
  }

  /** In their order. */
  List<KnownJob> list() {
    return kept.stream()
        .sorted(Comparator.comparing(Placed::place, places))
        .limit(most)
        .map(Placed::job)
        .toList();
  }

  /** Whether there are more. */
  boolean hasMore() {
    return kept.size() > most;
  }
}
