// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.DeviceKind;
import java.util.List;

/**
 * What groups of nodes of a site used at most at one time within an hour. On the topic {@code
 * pool-peak}: several records for an hour, each with groups of one size whose figures have changed;
 * later figures of a group replace those before.
 *
 * @param hourStartEpochMillis start of the hour, by the time of the readings
 * @param resource MEMORY or STORAGE
 * @param size nodes of a group; 0: all nodes of the site are one group
 */
public record PoolPeaks(
    String site, long hourStartEpochMillis, DeviceKind resource, int size, List<Group> groups) {
  /** The size of the group of all nodes. */
  public static final int ALL = 0;

  public PoolPeaks {
    groups = List.copyOf(groups);
  }

  /**
   * A group of nodes.
   *
   * @param index its nodes are those from index times size on, in the order of that hour
   * @param peakMebibytes the highest sum of what its nodes used, MiB
   * @param seenMebibytes what its nodes have, MiB
   */
  public record Group(int index, long peakMebibytes, long seenMebibytes) {}
}
