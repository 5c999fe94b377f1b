// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;

/**
 * A job's shares of what a node has once, each in basis points (1/10,000), or {@link #BY_GPUS}: the
 * same share as its share of the node's GPUs.
 *
 * @param memoryBasisPoints of the memory
 * @param storageBasisPoints of the drives
 * @param cpuBasisPoints of the processors
 * @param nodeBasisPoints of the node as measured by its meter, if it has one
 */
public record NodeShares(
    int memoryBasisPoints, int storageBasisPoints, int cpuBasisPoints, int nodeBasisPoints) {
  /** In place of a share: the job's share of the node's GPUs. */
  public static final int BY_GPUS = -1;

  /** Of everything the job's share of the node's GPUs. */
  public static final NodeShares AS_GPUS = new NodeShares(BY_GPUS, BY_GPUS, BY_GPUS, BY_GPUS);

  /** All of everything. */
  public static final NodeShares WHOLE =
      new NodeShares(
          Bounds.WHOLE_BASIS_POINTS,
          Bounds.WHOLE_BASIS_POINTS,
          Bounds.WHOLE_BASIS_POINTS,
          Bounds.WHOLE_BASIS_POINTS);

  /** Nothing. */
  public static final NodeShares NONE = new NodeShares(0, 0, 0, 0);

  public NodeShares {
    check("memory", memoryBasisPoints);
    check("storage", storageBasisPoints);
    check("cpu", cpuBasisPoints);
    check("node", nodeBasisPoints);
  }

  private static void check(String what, int basisPoints) {
    if (basisPoints < BY_GPUS || basisPoints > Bounds.WHOLE_BASIS_POINTS) {
      throw new IllegalArgumentException(what + " share is " + basisPoints + " basis points");
    }
  }
}
