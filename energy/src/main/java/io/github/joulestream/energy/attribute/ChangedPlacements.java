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
public final class ChangedPlacements {
  private final Map<String, Map<String, JobPlacement>> byNode = new TreeMap<>();
  // of no node until one is named
  private String node = "";
  private int size;

  // since begin, in the order of changes: what was there before
  private final List<Before> undo = new ArrayList<>();
  private boolean begun;

  private record Before(String node, String job, @Nullable JobPlacement placement) {}

  /** Takes each placement. */
  public interface Taker {
    void take(String node, JobPlacement placement);
  }

  /** From here on {@link #note} is of this node. */
  void forNode(String name) {
    node = name;
  }

  /** Notes what a job holds of the node now. */
  void note(JobPlacement placement) {
    note(node, placement);
  }

  private void note(String of, JobPlacement placement) {
    JobPlacement before =
        byNode.computeIfAbsent(of, _ -> new TreeMap<>()).put(placement.job(), placement);
    if (before == null) {
      size++;
    }
    if (begun) {
      undo.add(new Before(of, placement.job(), before));
    }
  }

  /** Notes what others have noted. */
  void addAll(ChangedPlacements others) {
    others.forEach(this::note);
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
    node = "";
    end();
  }

  /** Those that have changed, each as it is now, by node and job. */
  public void forEach(Taker taker) {
    byNode.forEach((of, jobs) -> jobs.values().forEach(placement -> taker.take(of, placement)));
  }

  /** How many have changed. */
  public int size() {
    return size;
  }
}
