// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

/**
 * Memory, storage and GPUs of a node, all at one time: which of what is free can be given to a job
 * depends on all three.
 *
 * @param memory main memory
 * @param storage its drives
 * @param gpus GPUs that report
 * @param gpusAllocatedBasisPoints of them allocated, basis points (1/10,000): 10,000 is a whole GPU
 */
public record NodeCapacity(
    CapacityUse memory, CapacityUse storage, int gpus, int gpusAllocatedBasisPoints) {
  /** Shares of equal size leave so much of a GPU over: a third of it is 3,333 parts of 10,000. */
  private static final int ROUNDING_BASIS_POINTS = 10;

  public NodeCapacity {
    requireNonNull(memory, "memory is null");
    requireNonNull(storage, "storage is null");
  }

  /**
   * True if the node has GPUs and jobs hold all of them, but for the rounding of shares: what is
   * free of its memory is then stranded (Pond, ASPLOS 2023, where the cores are what is taken).
   */
  public boolean areGpusTaken() {
    return gpus > 0
        && gpusAllocatedBasisPoints
            >= gpus * (long) (Bounds.WHOLE_BASIS_POINTS - ROUNDING_BASIS_POINTS);
  }
}
