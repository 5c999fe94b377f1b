// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.List;

/**
 * The alert rules, each for every site by itself. Their thresholds are constants: a rule sees no
 * variable of a dashboard.
 */
final class AlertRules {
  static final double LOWEST_COVERAGE = 0.95;
  static final double HIGHEST_HELD_IDLE = 0.3;

  private static final Source LEDGER = Source.LEDGER;

  /** What is watched is of now: the short windows. */
  private static final String WINDOW = Windows.NAME;

  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  private AlertRules() {}

  static List<AlertRule> describe() {
    return List.of(
        budget("joulestream-power-warning", "Site power near its budget", 0.9, "warning"),
        budget("joulestream-power-critical", "Site power over its budget", 1, "critical"),
        difference(),
        freshness(),
        coverage(),
        heldIdle());
  }

  /** The provisioning file. */
  static ObjectNode yaml() {
    return Json.object(
        "apiVersion",
        1,
        "groups",
        List.of(
            Json.object(
                "orgId",
                1,
                "name",
                "joulestream",
                "folder",
                "Joulestream",
                "interval",
                "1m",
                "rules",
                describe().stream().map(AlertRule::yaml).toList())));
  }

  private static AlertRule budget(String uid, String title, double share, String severity) {
    Source power = Source.SITE_WINDOW;
    Select windows = windows(power, Select.as(power.sum("total_watts"), "power"));
    return new AlertRule(
        uid,
        title,
        bySite(power, "mean(\"power\")", "power", windows),
        siteBudgets(),
        5 * MINUTE,
        "gt",
        List.of(share),
        "5m",
        "OK",
        severity,
        "Site {{ .Labels.site }} consumes {{ humanizePercentage .Values.watched.Value }} of its budget",
        "Mean power of the last five minutes is over %.0f %% of the lowest budget of power that is"
                .formatted(share * 100)
            + " set for the site. A site without one is not watched.",
        BudgetsDashboard.describe(),
        BudgetsDashboard.POWER);
  }

  /** The lowest limit of power of each site, of the budgets that are in force; W. */
  private static Select siteBudgets() {
    Source budgets = Source.BUDGET;
    Select newest =
        Select.of(
                Select.as("last(" + budgets.field("in_force") + ")", "in force"),
                Select.as(budgets.field("limit_watts"), "limit"),
                Select.as(budgets.field("scope_kind"), "kind"))
            .from(budgets)
            .where(Select.IN_RANGE)
            .groupBy(budgets.tag("site"), budgets.tag("budget"));
    return Select.of(Select.as("min(\"limit\")", "limit"))
        .from(newest)
        .where(Select.IN_RANGE, "\"in force\" = 1", "\"kind\" = 'SITE'")
        .groupBy(budgets.tag("site"));
  }

  private static AlertRule difference() {
    Select windows = windows(LEDGER, Select.as(LEDGER.sum("difference_millijoules"), "difference"));
    // squared, so that differences of both signs are seen
    Select squares =
        Select.of("1.0 * \"difference\" * \"difference\" AS \"squared\"").from(windows);
    return new AlertRule(
        "joulestream-difference",
        "The ledger of a site does not balance",
        bySite(LEDGER, "max(\"squared\")", "squared", squares),
        null,
        HOUR,
        "gt",
        List.of(0.0),
        "0s",
        "OK",
        "critical",
        "The ledger of site {{ .Labels.site }} does not balance",
        "In some window of the last hour measured energy is not the sum of jobs and idle."
            + " That is a defect: do not delete the topics, and report it.",
        PipelineDashboard.describe(),
        PipelineDashboard.DIFFERENCE);
  }

  private static AlertRule freshness() {
    // a day back, so that a site that went silent still has a series, of zeros
    Select readings =
        Select.of(Select.as(LEDGER.sum(SiteAmount.READINGS), "readings"))
            .from(LEDGER, WINDOW)
            .where(Select.IN_RANGE)
            .groupBy("time(5m)", LEDGER.tag("site"))
            .fill("0");
    return new AlertRule(
        "joulestream-freshness",
        "Nothing arrives from a site",
        readings,
        null,
        24 * HOUR,
        "lt",
        List.of(1.0),
        "5m",
        "Alerting",
        "critical",
        "Nothing arrives from site {{ .Labels.site }}",
        "No reading for five minutes. Look at its agents, at Kafka, at the topologies and at the"
            + " store writer, in this order.",
        PipelineDashboard.describe(),
        PipelineDashboard.READINGS);
  }

  private static AlertRule coverage() {
    return new AlertRule(
        "joulestream-coverage",
        "Energy of a site is not known well",
        overRange(Queries.coverage(LEDGER)),
        null,
        15 * MINUTE,
        "lt",
        List.of(LOWEST_COVERAGE),
        "10m",
        "OK",
        "warning",
        "Coverage of site {{ .Labels.site }} is {{ humanizePercentage .Values.latest.Value }}",
        "The energy of more than 5 % of the device time of the last 15 minutes is unknown.",
        PipelineDashboard.describe(),
        PipelineDashboard.COVERAGE);
  }

  private static AlertRule heldIdle() {
    return new AlertRule(
        "joulestream-held-idle",
        "Jobs hold GPUs and do not use them",
        overRange(
            Queries.ratio(
                LEDGER,
                "held idle",
                SiteAmount.HELD_IDLE_MILLIJOULES,
                SiteAmount.MEASURED_GPU_MILLIJOULES)),
        null,
        HOUR,
        "gt",
        List.of(HIGHEST_HELD_IDLE),
        "30m",
        "OK",
        "warning",
        "At site {{ .Labels.site }} {{ humanizePercentage .Values.latest.Value }} of the GPU energy"
            + " goes to GPUs that are held but idle",
        "For an hour, over 30 % of the energy of GPUs went to such as jobs hold at a use under 5 %.",
        BudgetsDashboard.describe(),
        BudgetsDashboard.WASTE);
  }

  private static Select windows(Source source, String column) {
    return Select.of(column)
        .from(source, WINDOW)
        .where(Select.IN_RANGE)
        .groupBy("time(" + WINDOW + ")", source.tag("site"))
        .fill("none");
  }

  private static Select bySite(Source source, String expression, String name, Select windows) {
    return Select.of(Select.as(expression, name))
        .from(windows)
        .where(Select.IN_RANGE)
        .groupBy(source.tag("site"));
  }

  private static Select overRange(Column column) {
    return Select.of(column.text())
        .from(LEDGER, WINDOW)
        .where(Select.IN_RANGE)
        .groupBy(LEDGER.tag("site"));
  }
}
