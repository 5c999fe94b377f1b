// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.Map;

/** Power and energy against what may be drawn, and the alerts. */
final class BudgetsDashboard {
  static final String UID = "joulestream-budgets";
  static final String POWER = "Power and budget";
  static final String WASTE = "Held but idle, of all GPU energy";

  private static final Source LEDGER = Source.LEDGER;
  private static final Source ALERTS = Source.ALERT;
  private static final Source BUDGETS = Source.BUDGET;
  private static final int MAX_ALERTS = 500;
  private static final Map<String, Object> SINCE =
      Map.of("unit", "dateTimeAsIso", "displayName", "since");

  private BudgetsDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Budgets and alerts",
        "Power and energy of the chosen sites against their budgets, and what alerts are firing.",
        "now-24h",
        "30s",
        List.of(
            Variable.sites(),
            Variable.window(Windows.NAME),
            Variable.store(Windows.NAME),
            Variable.budget(),
            Variable.dailyBudget()),
        List.of(Annotation.alertsThatFire(), Annotation.alertsThatEnded()),
        List.of(
            Panels.row("Power, against the budget above"),
            SitePanels.againstBudget().sized(6, 5),
            headroom().sized(6, 5),
            peak().sized(6, 5),
            timeAbove().sized(6, 5),
            course(),
            alerts(),
            waste(),
            Panels.row("Budgets that are set, and the alerts about them"),
            firing(),
            budgets(),
            alertsOfRange(),
            Panels.row("Energy"),
            perDay()));
  }

  private static Panel headroom() {
    return Panels.stat("Headroom", Panels.WATTS)
        .describedAs("The budget less the power in the last interval. Red if there is none.")
        .asks(
            Query.series(
                SitePanels.overTime(
                    SitePanels.BUDGET_WATTS + " - mean(\"Power\") AS \"Headroom\"",
                    SitePanels.IF_BUDGET)))
        .without("no budget is set")
        .thresholds("red", new Threshold(0, "green"))
        .interval(Queries.WINDOW);
  }

  private static Panel peak() {
    return Panels.stat("Peak against budget", Panels.SHARE)
        .describedAs("The highest window of the range as a ratio of the budget.")
        .asks(
            Query.series(
                Select.of("max(\"Power\") / " + SitePanels.BUDGET_WATTS + " AS \"Peak\"")
                    .from(SitePanels.powerOfWindows())
                    .where(Select.IN_RANGE, SitePanels.IF_BUDGET)))
        .without("no budget is set")
        .decimals(0)
        .thresholds("green", new Threshold(0.95, "yellow"), new Threshold(1, "red"));
  }

  private static Panel timeAbove() {
    return Panels.stat("Time over budget", "s")
        .describedAs("How long windows of the range were over the budget, together.")
        .asks(
            Query.series(
                Select.of(
                        "count(\"Power\") * "
                            + Queries.WINDOW_MILLIS
                            + " / 1000.0 AS \"Over budget\"")
                    .from(SitePanels.powerOfWindows())
                    .where(
                        Select.IN_RANGE,
                        "\"Power\" > " + SitePanels.BUDGET_WATTS,
                        SitePanels.IF_BUDGET)))
        .thresholds("green", new Threshold(1, "red"))
        .without("never, or no budget is set");
  }

  private static Panel course() {
    return Panels.lines(POWER, Panels.WATTS, 16, 9)
        .describedAs("Mean power of the chosen sites together, and the budget above.")
        .asks(
            Query.series(SitePanels.overTime("mean(\"Power\") AS \"Power\"")),
            SitePanels.budgetLine())
        .fromZero()
        .field("Budget", Panels.limit());
  }

  private static Panel alerts() {
    return Panels.alerts("Alerts", 8, 9)
        .describedAs(
            "Grafana's rules about Joulestream that fire, are about to, or have no data. They do"
                + " not look at the budget above, but at budgets that are set.");
  }

  private static Panel firing() {
    Column count = new Column("Fire", "count(" + ALERTS.field("revision") + ")");
    return Panels.stat("Alerts that fire", Panels.COUNT)
        .sized(4, 8)
        .describedAs(
            "Alerts of Joulestream itself, about budgets that are set and about waste, that began"
                + " up to 90 days before the end of the range and have not ended.")
        .asks(
            Query.series(
                Select.of(count.text())
                    .from(ALERTS)
                    .where(
                        Queries.sites(ALERTS),
                        Queries.startedBeforeRangeEnds(),
                        ALERTS.field("state") + " = 'FIRING'")))
        .thresholds("green", new Threshold(1, "red"))
        .without("none");
  }

  private static Panel budgets() {
    Select newest =
        Select.of(
                Select.as("last(" + BUDGETS.field("in_force") + ")", "in force"),
                Select.as(BUDGETS.field("scope"), "of"),
                Select.as(BUDGETS.field("period"), "what"),
                Select.as(BUDGETS.field("limit_watts"), "power"),
                Select.as(BUDGETS.field("limit_millijoules") + " / 1000.0", "energy"),
                Select.as(BUDGETS.field("owner"), "owner"),
                Select.as(BUDGETS.field("note"), "note"))
            .from(BUDGETS)
            .where(Queries.sites(BUDGETS), Queries.BEFORE_RANGE_ENDS)
            .groupBy(BUDGETS.tag("site"), BUDGETS.tag("budget"));
    Select inForce =
        Select.of(
                BUDGETS.tag("site"),
                BUDGETS.tag("budget"),
                "\"of\"",
                "\"what\"",
                "\"power\"",
                "\"energy\"",
                "\"owner\"",
                "\"note\"")
            .from(newest)
            .where("\"in force\" = 1");
    return Panels.table("Budgets in force", Panels.WATTS, 20, 8)
        .describedAs(
            "Budgets that are set with joulestream budget, as they were at the end of the range:"
                + " of power, or of energy in an hour, a day or a month.")
        .asks(Query.table(inForce))
        .field("Time", SINCE)
        .field("time", SINCE)
        .field("energy", Panels.unit(Panels.JOULES))
        .field("site", Link.toSite("window"))
        .without("no budget is set");
  }

  private static Panel alertsOfRange() {
    Select rows =
        Select.of(
                ALERTS.tag("site"),
                ALERTS.tag("rule"),
                ALERTS.field("severity"),
                ALERTS.field("state"),
                ALERTS.field("scope"),
                ALERTS.field("budget"),
                Select.as(ALERTS.field("limit_ratio"), "of limit"),
                ALERTS.field("value"),
                Select.as(ALERTS.field("limit_value"), "limit"),
                ALERTS.field("unit"),
                Select.as(ALERTS.field("ended_epoch_millis"), "end"),
                ALERTS.field("contributors"),
                ALERTS.field("summary"))
            .from(ALERTS)
            .where(Queries.sites(ALERTS), Select.IN_RANGE);
    return Panels.table("Alerts that began in the range", "none", 24, 9)
        .describedAs(
            "Each time that an alert of Joulestream itself held: about what, how far over which"
                + " limit, until when, and the largest consumers.")
        .asks(Query.table(rows.newest(MAX_ALERTS)))
        .field("Time", SINCE)
        .field("time", SINCE)
        .field("of limit", Map.of("unit", Panels.SHARE, "decimals", 0))
        .field("end", Panels.timeOrNotYet())
        .field("site", Link.toSite("window"))
        .without("no alert in this range");
  }

  private static Panel waste() {
    return Panels.lines(WASTE, Panels.SHARE, 24, 7)
        .describedAs(
            "Energy of GPUs that jobs held at a use under 5 %, of all energy of GPUs, by site.")
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
    Select days = Queries.perInterval(LEDGER, "1d", List.of(energy));
    Select budget =
        Select.of("mean(\"Energy\") * 0.0 + 0${daily:raw} AS \"Budget\"")
            .from(days)
            .where(Select.IN_RANGE, "\"Energy\" < 0${daily:raw} * 1000000000.0")
            .groupBy("time(1d)")
            .fill("none");
    return Panels.columns("Energy by day", Panels.KILOWATT_HOURS, 24, 8)
        .describedAs(
            "Energy of each day (UTC) and the daily budget above. The days at the edges of the"
                + " range may be cut.")
        .asks(Query.series(days), Query.series(budget))
        .custom("stacking", Json.object("group", "A", "mode", "none"))
        .field("Budget", Panels.limit());
  }
}
