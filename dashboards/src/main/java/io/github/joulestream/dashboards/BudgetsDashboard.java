// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import java.util.List;
import java.util.Map;

/** Power and energy against what may be drawn, and the alerts. */
final class BudgetsDashboard {
  static final String UID = "joulestream-budgets";
  static final String POWER = "Power and budget";
  static final String WASTE = "Held but idle, of all GPU energy";

  private static final Source LEDGER = Source.LEDGER;

  private BudgetsDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Joulestream / Budgets and alerts",
        "Power and energy of the chosen sites against their budgets, and what alerts are firing.",
        "now-24h",
        "30s",
        List.of(
            Variable.sites(),
            Variable.window("10s"),
            Variable.store("10s"),
            Variable.budget(),
            Variable.dailyBudget()),
        List.of(Annotation.alerts()),
        List.of(
            Panels.row("Power"),
            SitePanels.againstBudget().sized(6, 5),
            headroom().sized(6, 5),
            peak().sized(6, 5),
            timeAbove().sized(6, 5),
            course(),
            alerts(),
            waste(),
            Panels.row("Energy"),
            perDay()));
  }

  private static Select windows() {
    return Queries.perWindow(Source.SITE_POWER, List.of(Queries.watts("Power", "total_watts")));
  }

  private static Select overTime(String column) {
    return Select.of(column)
        .from(windows())
        .where(Select.IN_RANGE)
        .groupBy("time($__interval)")
        .fill("null");
  }

  private static Panel headroom() {
    return Panels.stat("Headroom", Panels.WATTS)
        .says("The budget less the power in the last interval. Red if there is none.")
        .asks(Query.series(overTime("${budget:raw} * 1000.0 - mean(\"Power\") AS \"Headroom\"")))
        .thresholds("red", new Threshold(0, "green"))
        .interval(Queries.WINDOW);
  }

  private static Panel peak() {
    return Panels.stat("Peak against budget", Panels.SHARE)
        .says("The highest window of the range as a part of the budget.")
        .asks(
            Query.series(
                Select.of("max(\"Power\") / (${budget:raw} * 1000.0) AS \"Peak\"")
                    .from(windows())
                    .where(Select.IN_RANGE)))
        .decimals(0)
        .thresholds("green", new Threshold(0.95, "yellow"), new Threshold(1, "red"));
  }

  private static Panel timeAbove() {
    return Panels.stat("Time over budget", "s")
        .says("How long windows of the range were over the budget, together.")
        .asks(
            Query.series(
                Select.of(
                        "count(\"Power\") * "
                            + Queries.WINDOW_MILLIS
                            + " / 1000.0 AS \"Over budget\"")
                    .from(windows())
                    .where(Select.IN_RANGE, "\"Power\" > ${budget:raw} * 1000.0")))
        .thresholds("green", new Threshold(1, "red"))
        .without("never");
  }

  private static Panel course() {
    return Panels.lines(POWER, Panels.WATTS, 16, 9)
        .says("Mean power of the chosen sites together, and the budget above.")
        .asks(
            Query.series(overTime("mean(\"Power\") AS \"Power\"")),
            Query.series(overTime("mean(\"Power\") * 0 + ${budget:raw} * 1000.0 AS \"Budget\"")))
        .fromZero()
        .field("Budget", red());
  }

  private static Map<String, Object> red() {
    return Map.of(
        "color",
        Json.object("mode", "fixed", "fixedColor", "red"),
        "custom.drawStyle",
        "line",
        "custom.fillOpacity",
        0,
        "custom.lineWidth",
        2);
  }

  private static Panel alerts() {
    return Panels.alerts("Alerts", 8, 9)
        .says(
            "Rules of Joulestream that fire, are about to, or have no data. Their thresholds are"
                + " in the rules, not above.");
  }

  private static Panel waste() {
    return Panels.lines(WASTE, Panels.SHARE, 24, 7)
        .says("Energy of GPUs that jobs held at a use under 5 %, of all energy of GPUs, by site.")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER,
                    "$__interval",
                    List.of(
                        Queries.ratio(
                            LEDGER,
                            "Held but idle",
                            SiteAmount.HELD_IDLE_MILLIJOULES,
                            SiteAmount.MEASURED_GPU_MILLIJOULES)),
                    "site"),
                "$tag_site"))
        .between(0, 1);
  }

  private static Panel perDay() {
    Column energy = Queries.kilowattHours(LEDGER, "Energy", SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    Column budget =
        new Column(
            "Budget", LEDGER.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES) + " * 0.0 + ${daily:raw}");
    return Panels.columns("Energy by day", Panels.KILOWATT_HOURS, 24, 8)
        .says(
            "Energy of each day (UTC) and the daily budget above. The days at the edges of the"
                + " range may be cut.")
        .asks(Query.series(Queries.perInterval(LEDGER, "1d", List.of(energy, budget))))
        .custom("stacking", Json.object("group", "A", "mode", "none"))
        .field("Budget", red());
  }
}
