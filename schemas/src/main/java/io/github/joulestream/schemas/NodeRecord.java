// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.util.List;
import java.util.Map;

/**
 * A node, as its agent reports it: at its start, once a minute, and when something changes. On the
 * compacted topic of nodes.
 *
 * @param epochMillis time of the report
 * @param agentVersion version of the agent
 * @param labels its place and properties, such as {@code rack=r12}
 * @param spooledBatches batches on the agent's disk that wait to be sent
 * @param droppedBatches batches that the agent had to give up since it started
 * @param unavailable what the agent cannot read, and why
 * @param notUnderstood how many names of GPUs that jobs hold now the agent does not understand
 * @param notUnderstoodNames the first of them, with their jobs
 */
public record NodeRecord(
    String site,
    String node,
    long epochMillis,
    String agentVersion,
    Map<String, String> labels,
    long spooledBatches,
    long droppedBatches,
    List<String> unavailable,
    int notUnderstood,
    List<String> notUnderstoodNames) {
  public NodeRecord {
    Keys.check(site, "site");
    Keys.check(node, "node");
    Bounds.text(agentVersion, "version of an agent");
    Bounds.labels(labels, "a node");
    Bounds.count(spooledBatches, Long.MAX_VALUE, "batches in a spool");
    Bounds.count(droppedBatches, Long.MAX_VALUE, "batches given up");
    Bounds.count(notUnderstood, Integer.MAX_VALUE, "names not understood");
    checkLines(unavailable);
    checkLines(notUnderstoodNames);
    labels = Map.copyOf(labels);
    unavailable = List.copyOf(unavailable);
    notUnderstoodNames = List.copyOf(notUnderstoodNames);
  }

  private static void checkLines(List<String> lines) {
    Bounds.count(lines.size(), Bounds.SENTENCES, "lines of a node");
    lines.forEach(line -> Bounds.text(line, "a line of a node"));
  }

  /** A node of which everything is understood. */
  public NodeRecord(
      String site,
      String node,
      long epochMillis,
      String agentVersion,
      Map<String, String> labels,
      long spooledBatches,
      long droppedBatches,
      List<String> unavailable) {
    this(
        site,
        node,
        epochMillis,
        agentVersion,
        labels,
        spooledBatches,
        droppedBatches,
        unavailable,
        0,
        List.of());
  }
}
