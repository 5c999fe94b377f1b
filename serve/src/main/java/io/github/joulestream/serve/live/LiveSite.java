// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.NodeRecord;
import java.util.List;
import java.util.Optional;

/**
 * A site as it is now. Used by any thread: what is returned does not change, and is what was known
 * at that moment.
 */
public interface LiveSite {
  String name();

  /** Sums over the nodes. */
  SiteNow now();

  /** Windows of 10 s of the last hour, in order of time; those that are absent are left out. */
  List<SitePoint> curve();

  /** All nodes, as columns. */
  NodeTable nodes();

  /** What the agent of a node reports of it; empty if it reported nothing. */
  Optional<NodeRecord> record(String node);

  /**
   * A node's mean power in windows of 10 s of the last ten minutes, mW, the oldest first; -1 where
   * it is not known.
   */
  long[] recentMilliwatts(String node);

  /** GPUs of a node, by their latest readings; none if the node reports none. */
  List<LiveGpu> gpus(String node);

  /**
   * Jobs that hold devices, or are running, or ended in the last ten minutes, in the order of
   * {@link LiveJob#BY_POWER}.
   */
  List<LiveJob> jobs();

  /** One of them. */
  Optional<LiveJob> job(String id);

  /** What a job consumes on each of its nodes, and holds there. */
  List<LiveJobNode> jobNodes(String id);

  /** What jobs consume on a node, and hold there; none if it is silent, or not known. */
  List<JobPower> jobsOn(String node);

  /** Alerts that fire, and those resolved in the last hour. */
  List<Alert> alerts();

  /** Budgets in force. */
  List<Budget> budgets();

  /**
   * Of each interval of the site's supply the latest issue, in order of series and time: those that
   * end later than two days ago. What an issue has withdrawn is left out.
   */
  List<GridInterval> grid();

  /**
   * A number that rises whenever something of the site has changed. Silence of nodes is no change:
   * who shows it asks once a second.
   */
  long changes();
}
