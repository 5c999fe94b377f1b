// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.util.List;

/**
 * Which devices of a node a job held, and from when to when; live and past. On the topic {@code
 * placement}. A later record of the same node, job and anchor takes the place of an earlier one.
 *
 * @param anchorEpochMillis time under which a store keeps it: when the job was given something of
 *     the node, as first known; never changes
 * @param heldEpochMillis when the job was first given something of the node. Equal to the end if a
 *     correction withdrew the allocation
 * @param endEpochMillis when it had nothing of the node any more; {@link #OPEN} while it holds
 *     something
 * @param devices devices that it held by name, in the order of their ids and then of time
 * @param shares its shares of what a node has once, as last stated
 * @param gpusOnNode GPUs that the node has; 0 if none or unknown
 */
public record Placement(
    String site,
    String node,
    String job,
    long anchorEpochMillis,
    long heldEpochMillis,
    long endEpochMillis,
    EndedBy endedBy,
    List<HeldDevice> devices,
    NodeShares shares,
    int gpusOnNode) {
  /** In place of an end that is not known yet. */
  public static final long OPEN = -1;

  /** Who reported the end on the node. */
  public enum EndedBy {
    /** It holds something. */
    NOBODY,
    /** The job's hook. */
    HOOK,
    /** The node's agent. */
    AGENT,
    /** Another job that was given its devices. */
    TAKEN_OVER,
    /** Nothing was received of it for longer than an allocation lives. */
    LIMIT
  }

  /**
   * A device that a job held by name, for a time.
   *
   * @param toEpochMillis until when; {@link Placement#OPEN} if it still holds it
   * @param basisPoints its share in that time, basis points (1/10,000)
   */
  public record HeldDevice(
      String deviceId, long fromEpochMillis, long toEpochMillis, int basisPoints) {}

  public Placement {
    devices = List.copyOf(devices);
  }
}
