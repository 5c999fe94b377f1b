// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import org.jspecify.annotations.Nullable;

/**
 * Memory and storage of a site over a window of a minute or an hour: means over times of 10 s, each
 * a sum over the nodes that reported in the minute before it. On the topic {@code capacity}; a
 * later record of a window replaces the one before.
 *
 * @param windowStartEpochMillis start of the window, by the time of the readings
 * @param times times of 10 s that the means are of; fewer than there are in the window if nothing
 *     arrived, or after a restart
 * @param nodes nodes that are known
 * @param reportingNodes those that reported, in the mean
 * @param gpus GPUs of these, in the mean
 * @param gpusAllocatedBasisPoints of the GPUs allocated, in the mean, basis points (1/10,000):
 *     10,000 is a whole GPU
 * @param growth of the used storage; null in windows of a minute, and if it is not known
 */
public record Capacity(
    String site,
    long windowStartEpochMillis,
    int windowMillis,
    int times,
    int nodes,
    int reportingNodes,
    long gpus,
    long gpusAllocatedBasisPoints,
    SiteCapacity memory,
    SiteCapacity storage,
    StorageGrowth.@Nullable Forecast growth) {
  /** Length of the short windows, ms. */
  public static final int MINUTE_MILLIS = 60_000;
}
