// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.NodePower;
import java.util.List;

/**
 * Power of nodes of a site now: those of one task of the accounting of which records arrived since
 * its last commit. On the topic {@code power-snapshot}; the latest record of a node counts.
 *
 * @param task partition of {@code telemetry} whose nodes these are
 * @param epochMillis stream time of that task at the commit: append time of the latest telemetry
 */
public record PowerSnapshot(String site, int task, long epochMillis, List<NodePower> nodes) {
  public PowerSnapshot {
    nodes = List.copyOf(nodes);
  }
}
