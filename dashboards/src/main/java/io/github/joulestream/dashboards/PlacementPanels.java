// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which jobs held what of a node, and on which nodes a job ran. */
final class PlacementPanels {
  /** Variable with the jobs of the chosen node. */
  static final String JOBS_OF_NODE = "placed";

  /** Variable with the nodes of the chosen job. */
  static final String NODES_OF_JOB = "placed_on";

  /** Nodes of a job whose power is shown one by one. */
  static final int MOST_NODES = 20;

  private static final Source PLACEMENT = Source.PLACEMENT;
  private static final Source SUMMARY = Source.JOB_SUMMARY;
  private static final int MOST_JOBS = 200;

  /** How long before the range a job may have been given something, so that it is still found. */
  private static final String LOOK_BACK = "30d";

  private static final String HELD = PLACEMENT.field("held_epoch_millis");
  private static final String END = PLACEMENT.field("end_epoch_millis");

  private PlacementPanels() {}

  /** A placement is a point at its start; those that a correction withdrew end where they begin. */
  private static Select placements(Select select) {
    return select
        .from(PLACEMENT)
        .where(
            Queries.sites(PLACEMENT),
            "time >= ${__from}ms - " + LOOK_BACK + " AND " + Queries.BEFORE_RANGE_ENDS,
            END + " - " + HELD + " <> 0");
  }

  /** On the chosen node, those that overlap the range, the latest. */
  private static Select ofNode(Select select) {
    return placements(select)
        .where(
            PLACEMENT.tag("node") + " =~ /^${node:regex}$/",
            HELD + " <= ${__to}",
            "(%s = -1 OR %s >= ${__from})".formatted(END, END))
        .newest(MOST_JOBS);
  }

  private static Select ofJob(Select select) {
    return placements(select).where(PLACEMENT.field("job") + " =~ /^${job:regex}$/");
  }

  /** Ids of the jobs that held something of the chosen node in the range. */
  static Query jobs() {
    return Query.table(ofNode(Select.of(PLACEMENT.field("job"))));
  }

  /** The first nodes of the chosen job. */
  static Query nodes() {
    Select first =
        ofJob(Select.of(Select.as("first(" + PLACEMENT.field("gpus") + ")", "gpus")))
            .groupBy(PLACEMENT.tag("node"));
    return Query.table(Select.of(PLACEMENT.tag("node"), "\"gpus\"").from(first).limit(MOST_NODES));
  }

  static Panel jobsOfNode() {
    return Panels.table("Jobs of the node", "none", 24, 10)
        .describedAs(
            "Jobs that held something of the node at a time of the range: the newest %d by start,"
                    .formatted(MOST_JOBS)
                + " of those that began up to 30 days before the range. What a correction withdrew"
                + " is left out. Devices are those that it was given by name. User and project are"
                + " those of its summary.")
        .asks(
            Query.table(
                ofNode(
                    Select.of(
                        PLACEMENT.field("job"),
                        Select.as(HELD, "from"),
                        Select.as(END, "to"),
                        Select.as(PLACEMENT.field("gpus"), "GPUs"),
                        PLACEMENT.field("devices"),
                        Select.as(PLACEMENT.field("ended_by"), "ended by")))),
            Query.table(
                Select.of(
                        SUMMARY.field("job"),
                        SUMMARY.field("user"),
                        SUMMARY.field("project"),
                        SUMMARY.field("name"))
                    .from(SUMMARY)
                    .where(
                        Queries.sites(SUMMARY),
                        "time >= ${__from}ms - " + LOOK_BACK + " AND " + Queries.BEFORE_RANGE_ENDS,
                        SUMMARY.field("job") + " =~ /^${" + JOBS_OF_NODE + ":regex}$/",
                        SUMMARY.field("fragment_epoch_millis") + " = 0")))
        .joined("job", "outerTabular", "")
        .highestFirst("from")
        .field("job", named("job", Link.toJobOfSite("site")))
        .field("from", named("from", Panels.unit("dateTimeAsIso")))
        .field("to", named("to", Panels.timeOrNotYet()))
        .field("GPUs", named("GPUs", Map.of("decimals", 0)))
        .field("devices", named("devices", Map.of()))
        .field("ended by", named("ended by", Map.of()))
        .field("user", named("user", Map.of()))
        .field("project", named("project", Map.of()))
        .field("name", named("name", Map.of()))
        .without("no job held anything of it");
  }

  static Panel nodesOfJob() {
    return Panels.table("Nodes of the job", "none", 12, 9)
        .describedAs(
            "What it held of each node, from when to when, and who reported the end; of nodes that"
                + " it was given up to 30 days before the range. What a correction withdrew is left"
                + " out. GPUs: those that it was given by name, of those that the node has.")
        .asks(
            Query.table(
                ofJob(
                        Select.of(
                            PLACEMENT.tag("node"),
                            Select.as(HELD, "from"),
                            Select.as(END, "to"),
                            Select.as(PLACEMENT.field("gpus"), "GPUs"),
                            Select.as(PLACEMENT.field("gpus_on_node"), "of"),
                            PLACEMENT.field("devices"),
                            Select.as(PLACEMENT.field("ended_by"), "ended by")))
                    .newest(1_000)))
        .transform("organize", Panels.without())
        .field("node", Link.toNodeOfSite())
        .field("from", Panels.unit("dateTimeAsIso"))
        .field("to", Panels.timeOrNotYet())
        .without("no placement of it in this time");
  }

  /** Power of whole nodes: other jobs may hold a part of them. */
  static Panel powerOfNodes() {
    List<Column> power = List.of(Queries.watts(Source.NODE_WINDOW, "power", "total_watts"));
    Select windows =
        Queries.perWindow(Source.NODE_WINDOW, power, "node")
            .where(Source.NODE_WINDOW.tag("node") + " =~ /^${" + NODES_OF_JOB + ":regex}$/");
    Select sums =
        Select.of(Select.as("sum(\"power\")", "power"))
            .from(windows)
            .where(Select.IN_RANGE)
            .groupBy("time(" + Source.NODE_WINDOW.window() + ")")
            .fill("none");
    return Panels.lines("Power of each of its nodes", Panels.WATTS, 12, 9)
        .describedAs(
            "Mean power of the whole nodes, whether it held all of a node or a part, also before it"
                + " began and after it ended; and their sum. Of a job on more than %1$d nodes: of the"
                    .formatted(MOST_NODES)
                + " first %1$d.".formatted(MOST_NODES))
        .asks(
            Query.series(
                Queries.trend(windows, power, Source.NODE_WINDOW.tag("node")), "$tag_node"),
            Query.series(
                Select.of(Select.as("mean(\"power\")", "Sum"))
                    .from(sums)
                    .where(Select.IN_RANGE)
                    .groupBy("time($__interval)")
                    .fill("null")))
        .field("Sum", Map.of("custom.lineWidth", 2, "custom.fillOpacity", 0))
        .interval(Source.NODE_WINDOW.window())
        .fromZero();
  }

  /** Properties of a column of joined rows, whose header has no name of a query. */
  static Map<String, Object> named(String name, Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("displayName", name);
    return Map.copyOf(all);
  }

  /** How many jobs hold something at the end of the range, of each node of the chosen site. */
  static Query jobsByNode() {
    return Query.table(
        Select.of(Select.as("count(distinct(" + PLACEMENT.field("job") + "))", "jobs"))
            .from(PLACEMENT)
            .where(
                Queries.sites(PLACEMENT),
                "time >= ${__to}ms - " + LOOK_BACK + " AND " + Queries.BEFORE_RANGE_ENDS,
                HELD + " <= ${__to}",
                "(%s = -1 OR %s > ${__to})".formatted(END, END))
            .groupBy(PLACEMENT.tag("node")));
  }

  /** Placements of the chosen node, for marks on the time axis. */
  static Select marks(String... conditions) {
    return Select.of(
            PLACEMENT.field("job"), PLACEMENT.field("devices"), PLACEMENT.field("ended_by"), END)
        .from(PLACEMENT)
        .where(
            Queries.sites(PLACEMENT),
            PLACEMENT.tag("node") + " =~ /^${node:regex}$/",
            END + " - " + HELD + " <> 0")
        .where(conditions);
  }

  /** That began in the range; a correction may have moved the begin away from the point's time. */
  static String[] began() {
    return new String[] {Select.IN_RANGE, HELD + " <= ${__to}"};
  }

  /** That ended in the range. */
  static String[] ended() {
    return new String[] {
      "time >= ${__from}ms - " + LOOK_BACK + " AND " + Queries.BEFORE_RANGE_ENDS,
      END + " >= ${__from}",
      END + " <= ${__to}"
    };
  }
}
