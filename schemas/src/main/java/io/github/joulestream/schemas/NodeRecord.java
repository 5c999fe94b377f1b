// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.util.List;
import java.util.Map;

/**
 * A node, as its agent says it is: at its start, once a minute, and when something changes. On the
 * compacted topic of nodes.
 *
 * @param epochMillis when this was said
 * @param agentVersion version of the agent
 * @param labels where it stands and what it is, such as {@code rack=r12}
 * @param spooledBatches batches on the agent's disk that wait to be sent
 * @param droppedBatches batches that the agent had to give up since it started
 * @param unavailable what the agent cannot read, and why
 */
public record NodeRecord(
    String site,
    String node,
    long epochMillis,
    String agentVersion,
    Map<String, String> labels,
    long spooledBatches,
    long droppedBatches,
    List<String> unavailable) {
  public NodeRecord {
    labels = Map.copyOf(labels);
    unavailable = List.copyOf(unavailable);
  }
}
