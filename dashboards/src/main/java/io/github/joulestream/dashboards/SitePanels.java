// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.SiteAmount;
import java.util.List;
import java.util.Map;

/** Panels about sites that several dashboards show. */
final class SitePanels {
  static final String POWER_BY_KIND = "Power by kind";

  /** The chosen budget; 0 if there is none, as nothing is put in then. */
  static final String BUDGET_WATTS = "(0${budget:raw} * 1000.0)";

  /** True of no power if there is no budget, and of any if there is one. */
  static final String IF_BUDGET = "\"Power\" < 0${budget:raw} * 1000000000.0";

  /** Variables of Fleet and Site that links keep. */
  static final String[] CHOSEN = {"window"};

  private static final Source LEDGER = Source.LEDGER;

  private SitePanels() {}

  static Panel powerNow() {
    return Panels.stat("Power now", Panels.WATTS)
        .describedAs("Mean power of the chosen sites in the last interval, and its course.")
        .asks(
            Query.series(
                Queries.trend(Source.SITE_WINDOW, List.of(Queries.watts("Power", "total_watts")))))
        .interval(Queries.WINDOW);
  }

  /** The power of all windows of the range, as {@code Power}. */
  static Select powerOfWindows() {
    return Queries.perWindow(Source.SITE_WINDOW, List.of(Queries.watts("Power", "total_watts")));
  }

  /** Something that is worked out from their power, over time. */
  static Select overTime(String column, String... conditions) {
    return Select.of(column)
        .from(powerOfWindows())
        .where(Select.IN_RANGE)
        .where(conditions)
        .groupBy("time($__interval)")
        .fill("null");
  }

  /** A constant line: what is measured does not change it. */
  static Query budgetLine() {
    return Query.series(
        overTime("mean(\"Power\") * 0 + " + BUDGET_WATTS + " AS \"Budget\"", IF_BUDGET));
  }

  /** The power now, as a part of the chosen budget. */
  static Panel againstBudget() {
    Select share =
        overTime("mean(\"Power\") / " + BUDGET_WATTS + " AS \"Of the budget\"", IF_BUDGET);
    return Panels.gauge("Power against budget", Panels.SHARE)
        .describedAs(
            "Power now as a ratio of the budget above, which is that of the chosen sites that have"
                + " one. Yellow from 85 %, red from 95 %.")
        .asks(Query.series(share))
        .without("no budget is set")
        .between(0, 1.2)
        .decimals(0)
        .thresholds("green", new Threshold(0.85, "yellow"), new Threshold(0.95, "red"))
        .interval(Queries.WINDOW);
  }

  static Panel energy() {
    return Panels.stat("Energy", Panels.KILOWATT_HOURS)
        .describedAs("Energy of all devices over the range, none twice: jobs and idle together.")
        .asks(
            Query.series(
                Queries.inRange(
                    LEDGER,
                    List.of(
                        Queries.kilowattHours(
                            LEDGER, "Energy", SiteAmount.MEASURED_TOTAL_MILLIJOULES)))));
  }

  static Panel coverage() {
    return Panels.stat("Coverage", Panels.SHARE)
        .describedAs("Device time whose energy is known, of all device time that was seen.")
        .asks(Query.series(Queries.inRange(LEDGER, List.of(Queries.coverage(LEDGER)))))
        .decimals(1)
        .thresholds("red", new Threshold(0.95, "yellow"), new Threshold(0.99, "green"));
  }

  static Panel powerByKind(int width, int height) {
    return Panels.stacked(POWER_BY_KIND, Panels.WATTS, width, height)
        .describedAs(
            "Mean power, stacked. What node meters see beyond the devices is the rest of the nodes;"
                + " 0 where there is no node meter.")
        .asks(
            Query.series(
                Queries.trend(Source.SITE_WINDOW, Queries.wattsByKind(Source.SITE_WINDOW))));
  }

  static Panel whereTo(int width, int height) {
    return Panels.donut("Where the energy went", Panels.KILOWATT_HOURS, width, height)
        .describedAs(
            "Jobs; GPUs that jobs held at a use under 5 %; and what was not allocated."
                + " Together all that was measured.")
        .asks(Query.series(Queries.inRange(LEDGER, Queries.whereTo())));
  }

  static Panel utilisationNow(int width, int height) {
    return Panels.bars("Utilisation over the range", Panels.SHARE, width, height)
        .describedAs(
            "Device time busy and allocated, and memory and storage used and allocated, of all.")
        .asks(Query.series(Queries.inRange(LEDGER, Queries.utilisation())))
        .between(0, 1)
        .thresholds("orange", new Threshold(0.3, "yellow"), new Threshold(0.6, "green"));
  }

  static Panel utilisation(int width, int height) {
    return Panels.lines("Utilisation", Panels.SHARE, width, height)
        .describedAs("The same shares over time. Each is a ratio of sums, over all chosen sites.")
        .asks(Query.series(Queries.perInterval(LEDGER, "$__interval", Queries.utilisation())))
        .between(0, 1);
  }

  static Panel idlePower(int width, int height) {
    return Panels.stacked("Power without use", Panels.WATTS, width, height)
        .describedAs("Power of what is not allocated, and of GPUs that jobs hold and do not use.")
        .asks(
            Query.series(
                Queries.trend(
                    Source.SITE_WINDOW,
                    List.of(
                        Queries.watts("Idle", "idle_watts"),
                        Queries.watts("Held but idle", "held_idle_watts")))));
  }

  /**
   * @param chosen variables of the dashboard that links keep
   */
  static Panel topJobs(int width, int height, String... chosen) {
    return Panels.table("Top jobs", Panels.WATTS, width, height)
        .describedAs(
            "The 20 jobs with the highest mean power in the last ten minutes of the range. A job"
                + " leads to its own dashboard.")
        .asks(Query.table(Queries.top(20, Source.JOB_WINDOW, "job")))
        .transform("organize", Panels.without())
        .transform("sortBy", sortedBy("power"))
        .field("power", Panels.bar(Panels.WATTS))
        .field("site", Link.toSite(chosen))
        .field("job", Link.toJob(chosen));
  }

  static Panel topNodes(int width, int height, String... chosen) {
    return Panels.table("Top nodes", Panels.WATTS, width, height)
        .describedAs(
            "The 20 nodes with the highest mean power in the last ten minutes of the range. A node"
                + " leads to its own dashboard.")
        .asks(Query.table(Queries.top(20, Source.NODE_WINDOW, "node")))
        .transform("organize", Panels.without())
        .transform("sortBy", sortedBy("power"))
        .field("power", Panels.bar(Panels.WATTS))
        .field("site", Link.toSite(chosen))
        .field("node", Link.toNode());
  }

  /** Figures of each site beside each other. */
  static Panel sites(int width, int height) {
    List<Column> columns =
        List.of(
            Queries.kilowattHours(LEDGER, "energy", SiteAmount.MEASURED_TOTAL_MILLIJOULES),
            Queries.ratio(
                LEDGER,
                "jobs",
                SiteAmount.JOBS_TOTAL_MILLIJOULES,
                SiteAmount.MEASURED_TOTAL_MILLIJOULES),
            Queries.ratio(
                LEDGER,
                "held idle",
                SiteAmount.HELD_IDLE_MILLIJOULES,
                SiteAmount.MEASURED_TOTAL_MILLIJOULES),
            Queries.ratio(LEDGER, "GPU busy", SiteAmount.GPU_BUSY_MILLIS, SiteAmount.GPU_MILLIS),
            new Column("coverage", Queries.coverage(LEDGER).expression()));
    Map<String, Object> share = Map.of("unit", Panels.SHARE, "decimals", 1);
    return Panels.table("Sites", Panels.KILOWATT_HOURS, width, height)
        .describedAs(
            "Energy over the range, the shares of it that went to jobs and to GPUs held but idle,"
                + " busy GPU time and coverage. A site leads to its own dashboard.")
        .asks(Query.table(Queries.inRange(LEDGER, columns, "site")))
        .transform("organize", Panels.without())
        .transform("sortBy", sortedBy("energy"))
        .field("site", Link.toSite(CHOSEN))
        .field("energy", Panels.bar(Panels.KILOWATT_HOURS))
        .field("jobs", share)
        .field("held idle", share)
        .field("GPU busy", share)
        .field("coverage", share);
  }

  static ObjectNode sortedBy(String field) {
    return Json.object(
        "fields", Json.object(), "sort", List.of(Json.object("field", field, "desc", true)));
  }
}
