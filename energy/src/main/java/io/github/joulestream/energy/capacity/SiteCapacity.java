// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

/**
 * Memory, or storage, of a site over a window: means of {@link CapacitySums} at the times within
 * it, MiB. Seen less allocated is stranded and rentable together.
 *
 * @param useKnownMebibytes seen on nodes that report how much is used: the four that follow are of
 *     these alone, and -1 if there are none
 * @param peakUsedMebibytes the highest sum of what is used
 * @param beyondAllocationMebibytes used beyond what is allocated, by node
 * @param milliwatts mean power of the devices of the kind, measured or modelled
 */
public record SiteCapacity(
    long seenMebibytes,
    long allocatedMebibytes,
    long strandedMebibytes,
    long rentableMebibytes,
    long useKnownMebibytes,
    long usedMebibytes,
    long peakUsedMebibytes,
    long untouchedMebibytes,
    long beyondAllocationMebibytes,
    long milliwatts) {
  /** What stands for a use that no node reports. */
  public static final long UNKNOWN = -1;
}
