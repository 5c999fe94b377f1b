// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import io.github.joulestream.energy.CapacityUse;

/**
 * Sums of memory, or of storage, over nodes at one time, MiB. With T seen, A allocated and U used
 * of each node: free is T - A; <i>stranded</i> is what is free on nodes whose GPUs are all taken,
 * <i>rentable</i> what is free on the others, <i>untouched</i> the sum of max(0, A - U) by node. Of
 * sums, max(0, A - U) would be less: what one node uses beyond its allocation would hide what
 * another does not use. Terms of H. Li et al., Pond, ASPLOS 2023. Mutable; one thread.
 */
public final class CapacitySums {
  private long seen;
  private long allocated;
  private long stranded;
  private long rentable;
  // of nodes whose use is known
  private long useKnown;
  private long used;
  private long untouched;
  private long beyondAllocation;

  /**
   * Adds a node.
   *
   * @param gpusTaken true if it has GPUs and all are allocated
   */
  public void add(CapacityUse use, boolean gpusTaken) {
    seen += use.seenMebibytes();
    allocated += use.allocatedMebibytes();
    if (gpusTaken) {
      stranded += use.freeMebibytes();
    } else {
      rentable += use.freeMebibytes();
    }
    if (use.isUseKnown()) {
      useKnown += use.seenMebibytes();
      used += use.usedMebibytes();
      untouched += use.untouchedMebibytes();
      beyondAllocation += use.beyondAllocationMebibytes();
    }
  }

  /** Begins anew. */
  public void clear() {
    seen = 0;
    allocated = 0;
    stranded = 0;
    rentable = 0;
    useKnown = 0;
    used = 0;
    untouched = 0;
    beyondAllocation = 0;
  }

  long seenMebibytes() {
    return seen;
  }

  long allocatedMebibytes() {
    return allocated;
  }

  long strandedMebibytes() {
    return stranded;
  }

  long rentableMebibytes() {
    return rentable;
  }

  long useKnownMebibytes() {
    return useKnown;
  }

  long usedMebibytes() {
    return used;
  }

  long untouchedMebibytes() {
    return untouched;
  }

  long beyondAllocationMebibytes() {
    return beyondAllocation;
  }
}
