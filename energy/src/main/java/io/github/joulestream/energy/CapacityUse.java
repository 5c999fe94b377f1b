// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * How much of a node's memory or storage is there, allocated and used at one time, MiB: the sum
 * over its devices of the kind.
 *
 * @param seenMebibytes size of those devices; 0 if none of the kind reports its size
 * @param allocatedMebibytes the share of it that jobs hold, by the shares in force
 * @param usedMebibytes bytes in use, whoever uses them; {@link #UNKNOWN} if one of the devices does
 *     not report it, or if there is none
 */
public record CapacityUse(long seenMebibytes, long allocatedMebibytes, long usedMebibytes) {
  /** What stands for a use that is not reported. */
  public static final long UNKNOWN = -1;

  /** Of a node that reports no device of the kind. */
  public static final CapacityUse NONE = new CapacityUse(0, 0, UNKNOWN);

  /** True if the use of all of it is reported. */
  public boolean isUseKnown() {
    return usedMebibytes != UNKNOWN;
  }

  /** What no job holds. */
  public long freeMebibytes() {
    return Math.max(0, seenMebibytes - allocatedMebibytes);
  }

  /** Allocated and not used; 0 if the use is not known. */
  public long untouchedMebibytes() {
    return isUseKnown() ? Math.max(0, allocatedMebibytes - usedMebibytes) : 0;
  }

  /** Used beyond what is allocated, as by the system itself; 0 if the use is not known. */
  public long beyondAllocationMebibytes() {
    return isUseKnown() ? Math.max(0, usedMebibytes - allocatedMebibytes) : 0;
  }
}
