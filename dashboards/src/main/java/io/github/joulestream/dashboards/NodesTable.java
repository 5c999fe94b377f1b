// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.Map;

/** The nodes of a site, as they are at the end of the range. */
final class NodesTable {
  private static final Source WINDOWS = Source.NODE_WINDOW;
  private static final Source NODE = Source.NODE;

  /** Of 1,000 nodes 24,000 points or so, whatever the range is. */
  private static final String LAST_MINUTES = "time > ${__to}ms - 2m";

  private NodesTable() {}

  static Panel describe() {
    return Panels.table("Nodes", "none", 24, 12)
        .describedAs(
            "At the end of the range, whatever its length: mean power of the whole node and GPUs"
                + " over the last two minutes (a node that was silent for a part of them reads low),"
                + " the jobs that hold something of it (of those that"
                + " began within 30 days), the last window with readings within an hour, and rack,"
                + " agent and the agent's last report, of nodes that reported within two days. A node"
                + " leads to its own dashboard.")
        .mixed()
        .asks(now(), inventory(), PlacementPanels.jobsByNode(), lastWindow())
        // the time of the last window is that of its point
        .joined("node", "outer", "D")
        .highestFirst("power")
        .field("node", PlacementPanels.named("node", Link.toNodeOfSite()))
        .field("power", PlacementPanels.named("power", Panels.bar(Panels.WATTS)))
        .field("GPUs", number("GPUs"))
        .field("allocated", number("allocated"))
        .field("busy", number("busy"))
        .field("rack", PlacementPanels.named("rack", Map.of()))
        .field("agent", PlacementPanels.named("agent", Map.of()))
        .field("reported", since("last report"))
        .field("jobs", PlacementPanels.named("jobs", Map.of("noValue", "0")))
        .field("Time", since("last window"))
        .field("readings", Map.of("custom.hidden", true))
        // a column of a node that others do not have
        .without("unknown");
  }

  private static Map<String, Object> number(String name) {
    return PlacementPanels.named(name, Map.of("decimals", 1));
  }

  private static Map<String, Object> since(String name) {
    return PlacementPanels.named(name, Panels.unit("dateTimeFromNow"));
  }

  /**
   * Sums over two minutes by their length: to work out each window first takes 40 times as long.
   */
  private static Query now() {
    return Query.table(
        Select.of(
                mean("power", "total_millijoules"),
                mean("GPUs", "gpu_millis"),
                mean("allocated", "gpu_allocated_millis"),
                mean("busy", "gpu_busy_millis"))
            .from(WINDOWS)
            .where(Queries.sites(WINDOWS), LAST_MINUTES + " AND " + Queries.BEFORE_RANGE_ENDS)
            .groupBy(WINDOWS.tag("node")));
  }

  /** Millijoules over milliseconds are watts. */
  private static String mean(String name, String field) {
    return Select.as(WINDOWS.sum(field) + " / 120000.0", name);
  }

  /** A point of a node is at the start of its day. */
  private static Query inventory() {
    return Query.table(
        Select.of(
                last("rack", "rack"),
                last("agent_version", "agent"),
                last("reported_epoch_millis", "reported"))
            .from(NODE)
            .where(Queries.sites(NODE), "time >= ${__to}ms - 2d AND " + Queries.BEFORE_RANGE_ENDS)
            .groupBy(NODE.tag("node")));
  }

  private static String last(String field, String name) {
    return Select.as("last(" + NODE.field(field) + ")", name);
  }

  private static Query lastWindow() {
    return Query.table(
        Select.of(Select.as("last(" + WINDOWS.field("readings") + ")", "readings"))
            .from(WINDOWS)
            .where(
                Queries.sites(WINDOWS), "time >= ${__to}ms - 1h AND " + Queries.BEFORE_RANGE_ENDS)
            .groupBy(WINDOWS.tag("node")));
  }
}
