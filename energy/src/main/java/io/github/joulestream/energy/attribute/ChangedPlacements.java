// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Placements that have changed since they were emitted, as they are now: of each job on each node
 * the last. What one record changed can be undone. Mutable; one thread.
 */
final class ChangedPlacements {
  private final Map<String, Map<String, JobPlacement>> byNode = new TreeMap<>();
  private int size;

  // since begin, in the order of changes: what was there before
  private final List<Before> undo = new ArrayList<>();
  private boolean begun;

  private record Before(String node, String job, @Nullable JobPlacement placement) {}

  /** Notes what a job holds of a node now. */
  void note(String node, JobPlacement placement) {
    JobPlacement before =
        byNode.computeIfAbsent(node, _ -> new TreeMap<>()).put(placement.job(), placement);
    if (before == null) {
      size++;
    }
    if (begun) {
      undo.add(new Before(node, placement.job(), before));
    }
  }

  /** Notes what others have noted. */
  void addAll(ChangedPlacements others) {
    others.byNode.forEach(
        (node, jobs) -> jobs.values().forEach(placement -> note(node, placement)));
  }

  /** From here on all changes can be undone. */
  void begin() {
    end();
    begun = true;
  }

  /** From here on there is nothing to go back to. */
  void end() {
    begun = false;
    undo.clear();
  }

  /**
   * Undoes all changes since {@link #begin}.
   *
   * @throws IllegalStateException if nothing was begun, or it has ended since
   */
  void undo() {
    if (!begun) {
      throw new IllegalStateException("nothing was begun");
    }
    for (Before before : undo.reversed()) {
      Map<String, JobPlacement> jobs = byNode.computeIfAbsent(before.node, _ -> new TreeMap<>());
      if (before.placement != null) {
        jobs.put(before.job, before.placement);
      } else if (jobs.remove(before.job) != null) {
        size--;
      }
      if (jobs.isEmpty()) {
        byNode.remove(before.node);
      }
    }
    end();
  }

  void forEach(Increments.Placements taker) {
    byNode.forEach((node, jobs) -> jobs.values().forEach(placement -> taker.take(node, placement)));
  }

  int size() {
    return size;
  }
}
