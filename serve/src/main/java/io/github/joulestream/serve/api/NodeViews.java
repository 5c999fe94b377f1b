// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.AlertFigures.Owner;
import io.github.joulestream.serve.api.NodeView.JobOnNode;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.NodeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

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
              jobs(name)));
    }
    return nodes;
  }

  private List<JobOnNode> jobs(String node) {
    List<JobOnNode> jobs = new ArrayList<>();
    for (JobPower on : site.jobsOn(node)) {
      jobs.add(view(on));
    }
    return jobs;
  }

  private JobOnNode view(JobPower on) {
    Owner owner = Owners.of(site).apply(on.job());
    double gpus = Shares.whole(on.gpuBasisPoints());
    return visibility.job(owner.user(), owner.project())
        ? new JobOnNode(
            on.job(), owner.user(), on.milliwatts(), gpus, JobPath.of(site.name(), on.job()))
        : new JobOnNode(null, null, on.milliwatts(), gpus, null);
  }
}
