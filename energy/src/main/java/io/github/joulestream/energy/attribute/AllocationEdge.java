// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import java.util.Map;

/**
 * From a time on, a job holds devices of a node or no longer does.
 *
 * @param hold true if it takes them, false if it gives them back
 * @param deviceBasisPoints devices and the job's share of each, basis points (1/10,000); with
 *     {@code hold} false those given back, or none for all
 * @param memoryBasisPoints share of devices of this kind that are not named above, or {@link
 *     #BY_GPUS}
 * @param gpusOnNode GPUs of the node, for {@link #BY_GPUS}
 * @param by who reports it
 * @param arrivalEpochMillis when the record arrived; decides only how long it is remembered
 */
public record AllocationEdge(
    String job,
    boolean hold,
    long atEpochMillis,
    Map<String, Integer> deviceBasisPoints,
    int memoryBasisPoints,
    int storageBasisPoints,
    int cpuBasisPoints,
    int nodeBasisPoints,
    int gpusOnNode,
    By by,
    long arrivalEpochMillis) {

  /** Who reports it. A job's end counts from the first of these that reports one. */
  public enum By {
    /** The job's own prologue or epilogue. */
    HOOK,
    /** The node's agent: the job's processes are gone. */
    AGENT,
    /** An expired allocation: nothing was received of the job for as long as one lives. */
    LIMIT
  }

  /** The job's share of the node's GPUs. */
  public static final int BY_GPUS = -1;

  /**
   * An edge.
   *
   * @throws IllegalArgumentException if a share is none
   */
  public AllocationEdge {
    deviceBasisPoints = Map.copyOf(deviceBasisPoints);
    deviceBasisPoints.forEach((id, basisPoints) -> check(id, basisPoints, 0));
    check("memory", memoryBasisPoints, BY_GPUS);
    check("storage", storageBasisPoints, BY_GPUS);
    check("cpu", cpuBasisPoints, BY_GPUS);
    check("node", nodeBasisPoints, BY_GPUS);
    if (gpusOnNode < 0) {
      throw new IllegalArgumentException("a node of " + gpusOnNode + " GPUs");
    }
  }

  private static void check(String what, int basisPoints, int least) {
    if (basisPoints < least || basisPoints > Shares.WHOLE) {
      throw new IllegalArgumentException(
          "share of %s is %d basis points".formatted(Bounds.shown(what), basisPoints));
    }
  }

  /** The same statement, whenever it arrived. */
  boolean sameAs(AllocationEdge that) {
    return job.equals(that.job)
        && hold == that.hold
        && atEpochMillis == that.atEpochMillis
        && deviceBasisPoints.equals(that.deviceBasisPoints)
        && memoryBasisPoints == that.memoryBasisPoints
        && storageBasisPoints == that.storageBasisPoints
        && cpuBasisPoints == that.cpuBasisPoints
        && nodeBasisPoints == that.nodeBasisPoints
        && gpusOnNode == that.gpusOnNode
        && by == that.by;
  }

  boolean releasesAll() {
    return !hold && deviceBasisPoints.isEmpty();
  }
}
