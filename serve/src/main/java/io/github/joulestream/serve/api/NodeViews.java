// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.AlertFigures.Owner;
import io.github.joulestream.serve.api.NodeView.JobOnNode;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveJobNode;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.NodeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes of a site as they are now, for a viewer. */
final class NodeViews {
  private final LiveSite site;
  private final NodeTable table;
  private final Visibility visibility;
  private final long now;

  NodeViews(LiveSite site, NodeTable table, Visibility visibility, long now) {
    this.site = site;
    this.table = table;
    this.visibility = visibility;
    this.now = now;
  }

  /** Nodes at these positions of the table. */
  List<NodeView> of(BitSet positions) {
    Map<String, List<JobOnNode>> jobs = jobs(positions);
    List<NodeView> nodes = new ArrayList<>();
    for (int i = positions.nextSetBit(0); i >= 0; i = positions.nextSetBit(i + 1)) {
      String name = table.names().get(i);
      long power = table.milliwatts()[i];
      nodes.add(
          new NodeView(
              name,
              table.racks().get(i),
              power < 0 ? null : (Long) power,
              table.highestMilliwatts()[i],
              Shares.ratio(table.busyBasisPoints()[i]),
              Shares.ratio(table.heldIdleBasisPoints()[i]),
              Shares.celsius(table.temperatureDecidegrees()[i]),
              Times.textOrNull(table.readingEpochMillis()[i]),
              Times.ageSeconds(table.readingEpochMillis()[i], now),
              table.silent().get(i),
              table.alerting().get(i),
              jobs.getOrDefault(name, List.of())));
    }
    return nodes;
  }

  private Map<String, List<JobOnNode>> jobs(BitSet positions) {
    Map<String, List<JobOnNode>> byNode = new HashMap<>();
    for (int i = positions.nextSetBit(0); i >= 0; i = positions.nextSetBit(i + 1)) {
      byNode.put(table.names().get(i), new ArrayList<>());
    }
    for (LiveJob job : site.jobs()) {
      if (!isOn(job, positions)) {
        continue;
      }
      for (LiveJobNode on : site.jobNodes(job.job())) {
        if (byNode.containsKey(on.node())) {
          requireNonNull(byNode.get(on.node())).add(view(job, on));
        }
      }
    }
    return byNode;
  }

  private boolean isOn(LiveJob job, BitSet positions) {
    if (job.nodesVersion() != table.version()) {
      return job.nodes().length > 0;
    }
    for (int node : job.nodes()) {
      if (positions.get(node)) {
        return true;
      }
    }
    return false;
  }

  private JobOnNode view(LiveJob job, LiveJobNode on) {
    Owner owner = Owners.of(job);
    double gpus = Shares.whole(on.gpuBasisPoints());
    return visibility.job(owner.user(), owner.project())
        ? new JobOnNode(
            job.job(), owner.user(), on.milliwatts(), gpus, JobPath.of(site.name(), job.job()))
        : new JobOnNode(null, null, on.milliwatts(), gpus, null);
  }
}
