// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.List;
import java.util.stream.Stream;

/** One node: its power, its devices by kind, and how well it is measured. */
final class NodeDashboard {
  static final String UID = "joulestream-node";

  private static final Source NODE = Source.NODE_WINDOW;

  private NodeDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Node and devices",
        "One node: power, its devices by kind, their use, and how well they are measured.",
        "now-3h",
        "30s",
        List.of(Variable.oneSite(), Variable.node(), Variable.device(), Variable.jobsOfNode()),
        List.of(Annotation.placementStarts(false), Annotation.placementEnds(false)),
        Stream.of(
                node(),
                List.of(Panels.row("Each GPU")),
                GpuPanels.all(),
                List.of(Panels.row("Each drive and processor")),
                DevicePanels.drivesAndProcessors(),
                measuring(),
                List.of(Panels.row("Jobs"), PlacementPanels.jobsOfNode()))
            .flatMap(List::stream)
            .toList());
  }

  private static List<Panel> node() {
    return List.of(
        Panels.row("Now, and over the range"),
        now(
            "Power of the node",
            Panels.WATTS,
            "Mean power of all its devices in the last interval, none twice, and its course.",
            Queries.watts(NODE, "Power", "total_watts")),
        peak(),
        overRange(
            "Energy of the node",
            Panels.KILOWATT_HOURS,
            "Energy of all its devices over the range, none twice: jobs and idle together.",
            new Column("Energy", NODE.sum("total_millijoules") + " / " + Queries.KILOWATT_HOUR)),
        overRange(
                "GPUs busy",
                Panels.SHARE,
                "GPU time busy, of all GPU time that was seen.",
                part("Busy", "gpu_busy_millis", "gpu_millis"))
            .decimals(1)
            .thresholds("red", new Threshold(0.3, "yellow"), new Threshold(0.6, "green"))
            .without("no GPU seen"),
        overRange(
                "Held but idle",
                Panels.SHARE,
                "Energy of GPUs that jobs held at a use under 5 %, of all energy of its GPUs.",
                part("Held but idle", "held_idle_watts", "gpu_watts"))
            .decimals(1)
            .thresholds("green", new Threshold(0.1, "yellow"), new Threshold(0.3, "red"))
            .without("no GPU seen"),
        overRange(
                "Coverage of the node",
                Panels.SHARE,
                "Device time whose energy is known, of all device time that was seen.",
                coverage())
            .decimals(1)
            .thresholds("red", new Threshold(0.95, "yellow"), new Threshold(0.99, "green")),
        Panels.row("Power and energy"),
        powerByKind(),
        whereTo(),
        restOfNode(),
        Panels.row("Devices together"),
        gpus(),
        use());
  }

  private static List<Panel> measuring() {
    return List.of(
        Panels.row("How well it is measured"), coverageOverTime(), readings(), inDoubt());
  }

  private static Panel now(String title, String unit, String description, Column column) {
    return Panels.stat(title, unit)
        .describedAs(description)
        .asks(Query.series(Queries.nodeTrend(List.of(column))))
        .interval(NODE.window());
  }

  private static Panel overRange(String title, String unit, String description, Column column) {
    return Panels.stat(title, unit)
        .describedAs(description)
        .asks(Query.series(Queries.nodeInRange(List.of(column))));
  }

  private static Panel peak() {
    List<Column> power = List.of(Queries.watts(NODE, "Power", "total_watts"));
    return Panels.stat("Peak power of the node", Panels.WATTS)
        .describedAs("The highest power of any window of 10 s of the range.")
        .asks(Query.series(Queries.overWindows("max", Queries.nodeWindows(power), power)));
  }

  private static Column part(String name, String part, String whole) {
    return new Column(name, NODE.sum(part) + " / " + NODE.sum(whole));
  }

  private static Column coverage() {
    return Queries.coverage(NODE);
  }

  private static Panel powerByKind() {
    return Panels.stacked("Power of the node by kind", Panels.WATTS, 16, 9)
        .describedAs(
            "Mean power, stacked. What a meter of the node sees beyond its devices is the rest; 0"
                + " where there is no such meter.")
        .asks(Query.series(Queries.nodeTrend(Queries.wattsByKind(NODE))))
        .interval(NODE.window());
  }

  private static Panel whereTo() {
    return Panels.donut("Where the node's energy went", Panels.KILOWATT_HOURS, 8, 9)
        .describedAs(
            "Jobs; GPUs that jobs held at a use under 5 %; and what was not allocated."
                + " Together all that was measured.")
        .asks(
            Query.series(
                Queries.nodeInRange(
                    List.of(
                        new Column(
                            "Jobs",
                            "(%s - %s)"
                                    .formatted(NODE.sum("jobs_watts"), NODE.sum("held_idle_watts"))
                                + Queries.KILOWATT_HOURS_OF_WINDOW),
                        Queries.kilowattHours(NODE, "Held but idle", "held_idle_watts"),
                        Queries.kilowattHours(NODE, "Idle", "idle_watts")))));
  }

  /** Only windows in which the meter has readings: in others only its devices are known. */
  private static Panel restOfNode() {
    List<Column> columns =
        List.of(
            Queries.watts(NODE, "Meter", "node_watts"),
            new Column(
                "Devices",
                "%s + %s + %s + %s"
                    .formatted(
                        NODE.sum("gpu_watts"),
                        NODE.sum("memory_watts"),
                        NODE.sum("storage_watts"),
                        NODE.sum("cpu_watts"))));
    return Panels.lines("Rest of the node", Panels.WATTS, 24, 8)
        .describedAs(
            "What the node's meter measures, what GPUs, processors, memory and drives consume of"
                + " it, and the rest: fans, network cards, losses of the supplies. Where the meter reports"
                + " nothing there is a gap.")
        .asks(
            Query.series(
                Select.of(
                        "mean(\"Meter\") AS \"Meter\"",
                        "mean(\"Devices\") AS \"Devices\"",
                        "mean(\"Meter\") - mean(\"Devices\") AS \"Rest\"")
                    .from(Queries.nodeWindows(columns))
                    .where(Select.IN_RANGE, "\"Meter\" > 0")
                    .groupBy("time($__interval)")
                    .fill("null")))
        .interval(NODE.window())
        .fromZero()
        .without("no node meter");
  }

  private static Column devices(String name, String millis) {
    return new Column(name, NODE.sum(millis) + " / " + Queries.SHORT_WINDOW_MILLIS);
  }

  private static Panel gpus() {
    return Panels.lines("GPUs of the node", Panels.COUNT, 12, 9)
        .describedAs("How many GPUs were seen, how many were allocated, and how many were busy.")
        .asks(
            Query.series(
                Queries.nodeTrend(
                    List.of(
                        devices("Seen", "gpu_millis"),
                        devices("Allocated", "gpu_allocated_millis"),
                        devices("Busy", "gpu_busy_millis")))))
        .interval(NODE.window())
        .fromZero();
  }

  private static Panel use() {
    return Panels.lines("Use of the node", Panels.SHARE, 12, 9)
        .describedAs("GPU time busy and allocated, memory used, and drive time busy, each of all.")
        .asks(
            Query.series(
                Queries.nodePerInterval(
                    List.of(
                        part("GPU busy", "gpu_busy_millis", "gpu_millis"),
                        part("GPU allocated", "gpu_allocated_millis", "gpu_millis"),
                        part(
                            "Memory used", "memory_used_mebibyte_millis", "memory_mebibyte_millis"),
                        part("Drives busy", "storage_busy_millis", "storage_millis")))))
        .interval(NODE.window())
        .between(0, 1);
  }

  private static Panel coverageOverTime() {
    return Panels.lines("Coverage of the node, over time", Panels.SHARE, 8, 8)
        .describedAs("Device time whose energy is known, of all device time that was seen.")
        .asks(Query.series(Queries.nodePerInterval(List.of(coverage()))))
        .interval(NODE.window())
        .between(0, 1);
  }

  private static Panel readings() {
    return Panels.lines("Readings of the node", "cps", 8, 8)
        .describedAs(
            "Readings of its devices that arrived, each once, per second. A node that is gone ends.")
        .asks(
            Query.series(
                Queries.nodeTrend(
                    List.of(new Column("Readings", NODE.sum("readings") + " / 10.0")))))
        .interval(NODE.window())
        .fromZero();
  }

  private static Panel inDoubt() {
    return Panels.columns("Refused and stuck", Panels.COUNT, 8, 8)
        .describedAs(
            "Fields and readings of the node that were refused, of any reason, and minutes that"
                + " counters did not rise although power was measured. Sums of each interval.")
        .asks(
            Query.series(
                Queries.nodePerInterval(
                    List.of(
                        new Column("Refused", NODE.sum("refused")),
                        new Column("Stuck minutes", NODE.sum("stuck_millis") + " / 60000.0")))))
        .interval(NODE.window());
  }
}
