// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** History: who took how much energy, for how much use, and which way it goes. */
final class EfficiencyDashboard {
  static final String UID = "joulestream-efficiency";

  private static final Source SUMMARY = Source.JOB_SUMMARY;
  private static final Source LEDGER = Source.LEDGER;
  private static final String JOBS = "Jobs that started in the range";

  /** Rows that the tables add up from; user and project are fields, by which no store groups. */
  private static final int MAX_JOBS = 5_000;

  private EfficiencyDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Efficiency",
        "History of jobs: energy by user, project, partition and labels, and what came of it.",
        "now-30d",
        "",
        List.of(
            Variable.sites(),
            Variable.ofSummaries("user", "User"),
            Variable.ofSummaries("project", "Project"),
            Variable.workUnit(),
            Variable.window(Windows.HOUR_NAME),
            Variable.store(Windows.HOUR_NAME),
            Variable.currency(),
            Variable.price(),
            Variable.carbon()),
        List.of(),
        Stream.of(
                List.of(Panels.row("Used in the range, whenever jobs began")),
                QuarterHourPanels.figures(),
                List.of(
                    QuarterHourPanels.perDay(24),
                    QuarterHourPanels.by("user"),
                    QuarterHourPanels.by("project")),
                SupplyPanels.supply(),
                wholeJobs())
            .flatMap(List::stream)
            .toList());
  }

  /** Whole jobs count by their start, as only their summaries know states, work and labels. */
  private static List<Panel> wholeJobs() {
    return List.of(
        Panels.row("Jobs that started in the range, from start to end"),
        jobCount(),
        figure(
            "Energy of the jobs",
            Panels.KILOWATT_HOURS,
            "All energy of these jobs so far.",
            Queries.kilowattHours(SUMMARY, "Energy", JobAmount.TOTAL_MILLIJOULES)),
        figure(
            "Cost of the jobs, typed price",
            Panels.MONEY,
            "Energy of these jobs times the price that is typed in above: one price for all their time,"
                + " since summaries do not say what was used when.",
            Queries.cost(SUMMARY, JobAmount.TOTAL_MILLIJOULES)),
        figure(
            "CO2 of the jobs, typed",
            Panels.GRAMS,
            "Energy of these jobs times the carbon intensity that is typed in above: one for all their"
                + " time.",
            Queries.carbon(SUMMARY, JobAmount.TOTAL_MILLIJOULES)),
        figure(
            "Energy per GPU hour",
            Panels.KILOWATT_HOURS,
            "Energy of these jobs over the GPU hours that they held.",
            JobDashboard.perGpuHour()),
        figure(
                "GPU busy while held",
                Panels.SHARE,
                "GPU time busy, of the GPU time that these jobs held.",
                busy())
            .decimals(1)
            .thresholds("red", new Threshold(0.3, "yellow"), new Threshold(0.6, "green")),
        figure(
                "Energy held but idle",
                Panels.SHARE,
                "Energy of GPUs held at a use under 5 %, of all energy of these jobs.",
                heldIdle())
            .decimals(1)
            .thresholds("green", new Threshold(0.1, "yellow"), new Threshold(0.3, "red")),
        figure(
                "Coverage",
                Panels.SHARE,
                "Device time whose energy is known, of all device time that these jobs held.",
                Queries.coverage(SUMMARY))
            .decimals(1)
            .thresholds("red", new Threshold(0.95, "yellow"), new Threshold(0.99, "green")),
        Panels.row("Trend, by day (UTC)"),
        perDay(
            "Energy per GPU hour, by day",
            Panels.KILOWATT_HOURS,
            "By the day on which jobs started: their energy over their GPU hours.",
            JobDashboard.perGpuHour()),
        workPerJoule(),
        perDay(
                "Use of held GPUs, by day",
                Panels.SHARE,
                "By the day on which jobs started: GPU time busy of held, and energy of GPUs"
                    + " held but idle.",
                busy(),
                heldIdle())
            .between(0, 1),
        siteShares(),
        Panels.row("Of what kind"),
        by("partition", "Energy by partition"),
        by("labels", "Energy by labels"),
        Panels.row("Jobs"),
        jobs());
  }

  private static Column busy() {
    return Queries.ratio(SUMMARY, "Busy", JobAmount.GPU_BUSY_MILLIS, JobAmount.GPU_HELD_MILLIS);
  }

  private static Column heldIdle() {
    return Queries.ratio(
        SUMMARY, "Held but idle", JobAmount.HELD_IDLE_MILLIJOULES, JobAmount.TOTAL_MILLIJOULES);
  }

  private static Select ofChosenPeople(Select select) {
    return select.where(
        SUMMARY.field("user") + " =~ /^${user:regex}$/",
        SUMMARY.field("project") + " =~ /^${project:regex}$/");
  }

  private static Panel jobCount() {
    Column count = new Column("Jobs", "count(" + SUMMARY.field(JobAmount.TOTAL_MILLIJOULES) + ")");
    return Panels.stat("Jobs", Panels.COUNT)
        .sized(3, 4)
        .describedAs("How many jobs. The tables below add up the newest %,d.".formatted(MAX_JOBS))
        .asks(
            Query.series(
                // of a job in several parts the first
                ofChosenPeople(Queries.inRange(SUMMARY, List.of(count)))
                    .where(SUMMARY.field("fragment_epoch_millis") + " = 0")));
  }

  private static Panel figure(String title, String unit, String description, Column column) {
    return Panels.stat(title, unit)
        .sized(3, 4)
        .describedAs(description)
        .asks(Query.series(ofChosenPeople(Queries.inRange(SUMMARY, List.of(column)))));
  }

  private static Panel perDay(String title, String unit, String description, Column... columns) {
    return dots(title, unit)
        .describedAs(description)
        .asks(Query.series(ofChosenPeople(Queries.perInterval(SUMMARY, "1d", List.of(columns)))));
  }

  private static Panel dots(String title, String unit) {
    return Panels.lines(title, unit, 12, 8).custom("showPoints", "always").fromZero();
  }

  private static Panel workPerJoule() {
    Column column =
        new Column(
            "Work per joule",
            "sum(%s) / (%s / 1000.0)"
                .formatted(SUMMARY.field("work"), SUMMARY.sum(JobAmount.TOTAL_MILLIJOULES)));
    return dots("Work per joule, by day", "none")
        .describedAs(
            "Work in the chosen unit over energy, by the day on which jobs started. A job in"
                + " several fragments counts its work once for each.")
        .asks(
            Query.series(
                ofChosenPeople(Queries.perInterval(SUMMARY, "1d", List.of(column)))
                    .where(SUMMARY.field("work_unit") + " =~ /^${work_unit:regex}$/")));
  }

  private static Panel siteShares() {
    return Panels.lines("Where the sites' energy went, by day", Panels.SHARE, 24, 8)
        .describedAs(
            "Shares of all measured energy of the sites: jobs, GPUs held but idle, and idle.")
        .custom("showPoints", "always")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER,
                    "1d",
                    List.of(
                        share("Jobs", SiteAmount.JOBS_TOTAL_MILLIJOULES),
                        share("Held but idle", SiteAmount.HELD_IDLE_MILLIJOULES),
                        share("Idle", SiteAmount.IDLE_TOTAL_MILLIJOULES)))))
        .between(0, 1);
  }

  private static Column share(String name, SiteAmount part) {
    return Queries.ratio(LEDGER, name, part, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
  }

  /** Adds up the rows of the jobs' table, in Grafana. */
  private static Panel by(String field, String title) {
    ObjectNode fields =
        Json.object(
            field,
            Json.object("operation", "groupby", "aggregations", List.of()),
            "energy",
            aggregated("sum"),
            "held idle",
            aggregated("sum"),
            "GPU hours",
            aggregated("sum"),
            "busy GPU hours",
            aggregated("sum"),
            "job",
            aggregated("count"));
    return Panels.table(title, Panels.KILOWATT_HOURS, 12, 9)
        .describedAs(
            "Added up by Grafana from the newest %,d jobs that started in the range; the figures"
                    .formatted(MAX_JOBS)
                + " above count all.")
        .shares(JOBS)
        .transform("groupBy", Json.object("fields", fields))
        .transform("calculateField", quotient("busy GPU hours (sum)", "GPU hours (sum)", "busy"))
        .transform("calculateField", quotient("held idle (sum)", "energy (sum)", "held but idle"))
        .transform(
            "calculateField", quotient("energy (sum)", "GPU hours (sum)", "kWh per GPU hour"))
        .transform(
            "organize",
            Json.object(
                "excludeByName",
                Json.object("busy GPU hours (sum)", true, "held idle (sum)", true),
                "indexByName",
                Json.object(),
                "renameByName",
                Json.object(
                    "energy (sum)",
                    "energy",
                    "GPU hours (sum)",
                    "GPU hours",
                    "job (count)",
                    "jobs")))
        .transform("sortBy", SitePanels.sortedBy("energy"))
        .field("energy", Panels.bar(Panels.KILOWATT_HOURS))
        .field("jobs", Panels.unit("none"))
        .field("GPU hours", Map.of("unit", "none", "decimals", 1))
        .field("busy", Map.of("unit", Panels.SHARE, "decimals", 1))
        .field("held but idle", Map.of("unit", Panels.SHARE, "decimals", 1));
  }

  private static ObjectNode aggregated(String how) {
    return Json.object("operation", "aggregate", "aggregations", List.of(how));
  }

  /** A column worked out by Grafana. */
  static ObjectNode quotient(String part, String whole, String name) {
    return Json.object(
        "mode",
        "binary",
        "alias",
        name,
        "replaceFields",
        false,
        "binary",
        Json.object("left", part, "operator", "/", "right", whole));
  }

  private static Panel jobs() {
    Select rows =
        Select.of(
                SUMMARY.tag("site"),
                SUMMARY.field("job"),
                SUMMARY.field("name"),
                SUMMARY.field("user"),
                SUMMARY.field("project"),
                SUMMARY.field("partition"),
                SUMMARY.field("labels"),
                SUMMARY.field("state"),
                row("energy", JobAmount.TOTAL_MILLIJOULES, Queries.KILOWATT_HOUR),
                row("held idle", JobAmount.HELD_IDLE_MILLIJOULES, Queries.KILOWATT_HOUR),
                row("GPU hours", JobAmount.GPU_HELD_MILLIS, "3600000.0"),
                row("busy GPU hours", JobAmount.GPU_BUSY_MILLIS, "3600000.0"),
                SUMMARY.field("work"),
                SUMMARY.field("work_unit"))
            .from(SUMMARY)
            .where(Queries.sites(SUMMARY), Select.IN_RANGE);
    Map<String, Object> start = Map.of("unit", "dateTimeAsIso", "displayName", "start");
    return Panels.table(JOBS, Panels.KILOWATT_HOURS, 24, 12)
        .describedAs(
            "The newest %,d jobs by start, one row for each fragment. A job leads to its own dashboard."
                .formatted(MAX_JOBS))
        .asks(Query.table(ofChosenPeople(rows).newest(MAX_JOBS)))
        .field("Time", start)
        .field("time", start)
        .field("energy", Panels.bar(Panels.KILOWATT_HOURS))
        .field("GPU hours", Map.of("unit", "none", "decimals", 1))
        .field("busy GPU hours", Map.of("unit", "none", "decimals", 1))
        .field("work", Panels.unit("none"))
        .field("job", Link.toJob("price", "carbon"))
        .field("site", Link.toSite("window"));
  }

  private static String row(String name, JobAmount amount, String unit) {
    return Select.as(SUMMARY.field(amount) + " / " + unit, name);
  }
}
