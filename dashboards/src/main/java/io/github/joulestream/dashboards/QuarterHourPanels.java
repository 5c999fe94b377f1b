// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.JobAmount;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Energy of jobs by the time at which it was used: what of a job lies in the range, whenever the
 * job began.
 */
final class QuarterHourPanels {
  private static final Source QUARTERS = Source.JOB_QUARTER_HOUR;
  private static final String KEPT =
      " Quarter hours are kept for years; there are none of the time before the release that"
          + " introduced them.";
  private static final String NONE = "no quarter hours in this range";

  private QuarterHourPanels() {}

  /** Of the chosen job. */
  static Panel ofJob() {
    Select bars =
        Select.of(
                Select.as(
                    QUARTERS.sum(JobAmount.TOTAL_MILLIJOULES) + " / " + Queries.KILOWATT_HOUR,
                    "Energy"))
            .from(QUARTERS)
            .where(
                Queries.sites(QUARTERS),
                QUARTERS.field("job") + " =~ /^${job:regex}$/",
                Select.IN_RANGE)
            .groupBy("time(15m)")
            .fill("none");
    return Panels.columns("Energy of the job by quarter hour", Panels.KILOWATT_HOURS, 24, 8)
        .describedAs(
            "What each quarter of an hour took, also where the windows of 10 s are no longer"
                + " kept. Bars at the edges of the range may be missing."
                + KEPT)
        .asks(Query.series(bars))
        .interval("15m")
        .without(NONE);
  }

  private static Select ofChosenPeople(Select select) {
    return select
        .from(QUARTERS)
        .where(
            Queries.sites(QUARTERS),
            QUARTERS.tag("user") + " =~ /^${user:regex}$/",
            QUARTERS.tag("project") + " =~ /^${project:regex}$/",
            Select.IN_RANGE);
  }

  private static Column energy() {
    return Queries.kilowattHours(QUARTERS, "energy", JobAmount.TOTAL_MILLIJOULES);
  }

  /** One figure of the chosen sites, users and projects. */
  static Panel figure(String title, String unit, String description, Column column) {
    return Panels.stat(title, unit)
        .sized(4, 4)
        .describedAs(description + KEPT)
        .asks(Query.series(ofChosenPeople(Select.of(column.text()))))
        .without(NONE);
  }

  static List<Panel> figures() {
    return List.of(
        figure(
            "Energy in the range",
            Panels.KILOWATT_HOURS,
            "Energy that jobs used in the range. Of a job that began before it or goes on after it,"
                + " only what lies in the range.",
            energy()),
        SupplyPanels.cost(
            "Cost in the range, ${currency}", "Energy in the range times its price.", byHour()),
        SupplyPanels.carbon(
            "CO2e in the range",
            "Energy in the range times the carbon intensity of the site's grid.",
            byHour()),
        figure(
                "GPU hours in the range",
                "none",
                "GPU time that jobs held in the range, by share.",
                gpuHours())
            .decimals(1),
        figure(
                "GPU busy in the range",
                Panels.SHARE,
                "GPU time busy, of the GPU time that jobs held in the range.",
                busy())
            .decimals(1)
            .thresholds("red", new Threshold(0.3, "yellow"), new Threshold(0.6, "green")),
        figure(
                "Held but idle in the range",
                Panels.SHARE,
                "Energy of GPUs held at a use under 5 %, of all energy of jobs in the range.",
                heldIdle())
            .decimals(1)
            .thresholds("green", new Threshold(0.1, "yellow"), new Threshold(0.3, "red")));
  }

  private static Select byHour() {
    return ofChosenPeople(Select.of(energy().text()))
        .groupBy("time(1h)", QUARTERS.tag("site"))
        .fill("none");
  }

  private static Column gpuHours() {
    return new Column("GPU hours", QUARTERS.sum(JobAmount.GPU_HELD_MILLIS) + " / 3600000.0");
  }

  private static Column busy() {
    return Queries.ratio(QUARTERS, "busy", JobAmount.GPU_BUSY_MILLIS, JobAmount.GPU_HELD_MILLIS);
  }

  private static Column heldIdle() {
    return Queries.ratio(
        QUARTERS, "held but idle", JobAmount.HELD_IDLE_MILLIJOULES, JobAmount.TOTAL_MILLIJOULES);
  }

  /** What each day took. */
  static Panel perDay(int width) {
    return Panels.columns("Energy used by jobs, by day", Panels.KILOWATT_HOURS, width, 8)
        .describedAs("What jobs used on each day (UTC), whenever they began, by project." + KEPT)
        .asks(
            Query.series(
                ofChosenPeople(Select.of(energy().text()))
                    .groupBy("time(1d)", QUARTERS.tag("project"))
                    .fill("none"),
                "$tag_project"))
        .without(NONE);
  }

  /**
   * @param tag {@code user} or {@code project}
   */
  static Panel by(String tag) {
    // each sum once: the store needs a second for a million points and four sums
    Select rows =
        ofChosenPeople(
                Select.of(
                    energy().text(),
                    gpuHours().text(),
                    Select.as(
                        QUARTERS.sum(JobAmount.GPU_BUSY_MILLIS) + " / 3600000.0", "busy GPU hours"),
                    Queries.kilowattHours(QUARTERS, "held idle", JobAmount.HELD_IDLE_MILLIJOULES)
                        .text()))
            .groupBy(QUARTERS.tag(tag));
    Map<String, Object> share = Map.of("unit", Panels.SHARE, "decimals", 1);
    return Panels.table("Energy by " + tag.toLowerCase(Locale.ROOT), Panels.KILOWATT_HOURS, 12, 9)
        .describedAs(
            "Energy that jobs of each "
                + tag
                + " used in the range, whenever the jobs began: all of them, added up by the"
                + " store from quarter hours."
                + KEPT)
        .asks(Query.table(rows))
        .transform(
            "calculateField", EfficiencyDashboard.quotient("busy GPU hours", "GPU hours", "busy"))
        .transform(
            "calculateField", EfficiencyDashboard.quotient("held idle", "energy", "held but idle"))
        .transform(
            "calculateField",
            EfficiencyDashboard.quotient("energy", "GPU hours", "kWh per GPU hour"))
        .transform("organize", Panels.without("busy GPU hours", "held idle"))
        .transform("sortBy", SitePanels.sortedBy("energy"))
        .field("energy", Panels.bar(Panels.KILOWATT_HOURS))
        .field("GPU hours", Map.of("unit", "none", "decimals", 1))
        .field("busy", share)
        .field("held but idle", share)
        .without(NONE);
  }
}
