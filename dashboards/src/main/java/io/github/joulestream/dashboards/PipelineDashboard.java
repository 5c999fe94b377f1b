// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether the figures can be relied on: the books, what arrives, what is refused, what is odd. */
final class PipelineDashboard {
  static final String UID = "joulestream-pipeline";
  static final String DIFFERENCE = "Difference of the books";
  static final String READINGS = "Readings by site";
  static final String COVERAGE = "Coverage by site";

  private static final Source LEDGER = Source.LEDGER;

  private PipelineDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Joulestream / Pipeline",
        "Whether the figures can be relied on: balance, freshness, readings, refusals, faults.",
        "now-6h",
        "30s",
        List.of(Variable.sites(), Variable.window("10s"), Variable.store("10s")),
        List.of(Annotation.alerts()),
        List.of(
            Panels.row("Now, and over the range"),
            readingsNow(),
            difference("Largest difference", "max"),
            difference("Smallest difference", "min"),
            SitePanels.coverage(),
            sum(
                    "Refused",
                    "Fields and readings that were refused, of any reason. See by reason below.",
                    refusals())
                .thresholds("green", new Threshold(1, "yellow")),
            sum(
                    "Rival agents' batches",
                    "Batches of an agent that goes on though a later one of its node has begun.",
                    SiteAmount.RIVAL_AGENT_BATCHES)
                .thresholds("green", new Threshold(1, "red")),
            Panels.row("The books, and what arrives"),
            differenceBySite(),
            freshness(),
            readingsBySite(),
            coverageBySite(),
            Panels.row("What is not as it should be"),
            counts(
                "Refused, by reason",
                "What could not be used, by reason. All of it is kept in the topic dead-letter.",
                refusals()),
            counts(
                "Repeats, clocks and rivals",
                "Readings that came again, stamped ahead of their arrival, and from rival agents.",
                SiteAmount.REPEATED_READINGS,
                SiteAmount.CLOCK_AHEAD_READINGS,
                SiteAmount.RIVAL_AGENT_BATCHES),
            counts(
                "Counters",
                "Counters that wrapped, began anew or were faulty, and device minutes in which"
                    + " counter and power disagree.",
                SiteAmount.COUNTER_WRAPS,
                SiteAmount.COUNTER_RESETS,
                SiteAmount.COUNTER_FAULTS,
                SiteAmount.DISAGREEING_MINUTES),
            deviceTime(),
            counts(
                    "Allocation events",
                    "Allocations and releases that were taken into account.",
                    SiteAmount.ALLOCATION_EVENTS)
                .sized(24, 6)));
  }

  private static SiteAmount[] refusals() {
    return Arrays.stream(SiteAmount.values())
        .filter(amount -> amount.name().startsWith("REFUSED_"))
        .toArray(SiteAmount[]::new);
  }

  private static Column readings() {
    return new Column(
        "Readings", LEDGER.sum(SiteAmount.READINGS) + " * 1000.0 / " + Queries.WINDOW_MILLIS);
  }

  private static Panel readingsNow() {
    return Panels.stat("Readings", "cps")
        .says("Readings of devices that arrived, each once, per second.")
        .asks(Query.series(Queries.trend(LEDGER, List.of(readings()))))
        .interval(Queries.WINDOW);
  }

  private static Panel difference(String title, String function) {
    List<Column> columns = List.of(Queries.difference());
    return Panels.stat(title, Panels.JOULES)
        .says(
            "Measured less booked, of any site and window of the range: by the books 0, and"
                + " anything else is a defect.")
        .asks(
            Query.series(
                Queries.overWindows(function, Queries.perWindow(LEDGER, columns, "site"), columns)))
        .thresholds("red", new Threshold(0, "green"), new Threshold(0.001, "red"));
  }

  private static Panel sum(String title, String says, SiteAmount... amounts) {
    String all = String.join(" + ", Arrays.stream(amounts).map(LEDGER::sum).toList());
    return Panels.stat(title, Panels.COUNT)
        .says(says)
        .asks(Query.series(Queries.inRange(LEDGER, List.of(new Column(title, all)))));
  }

  private static Panel differenceBySite() {
    return Panels.lines(DIFFERENCE, Panels.JOULES, 16, 8)
        .says(
            "Measured less jobs less idle, by site; the mean of the windows of each interval. A"
                + " flat line at 0, always.")
        .asks(
            Query.series(
                Queries.trend(LEDGER, List.of(Queries.difference()), "site"), "$tag_site"));
  }

  private static Panel freshness() {
    Select newest =
        Select.of(Select.as("last(" + LEDGER.field(SiteAmount.READINGS) + ")", "readings"))
            .from(LEDGER, "10s")
            .where(Queries.sites(LEDGER), Queries.startedBeforeRangeEnds())
            .groupBy(LEDGER.tag("site"));
    Map<String, Object> age = Map.of("unit", "dateTimeFromNow", "displayName", "newest");
    return Panels.table("Newest window of each site", "none", 8, 8)
        .says(
            "How old the newest window is, and how many readings it has. Some seconds are normal.")
        .asks(Query.table(newest))
        .field("Time", age)
        .field("time", age)
        .field("site", Link.toSite("window"));
  }

  private static Panel readingsBySite() {
    return Panels.lines(READINGS, "cps", 12, 8)
        .says("Readings that arrived, each once, per second and site. A site that is gone ends.")
        .asks(Query.series(Queries.trend(LEDGER, List.of(readings()), "site"), "$tag_site"))
        .fromZero();
  }

  private static Panel coverageBySite() {
    return Panels.lines(COVERAGE, Panels.SHARE, 12, 8)
        .says("Device time whose energy is known, of all device time that was seen, by site.")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER, "$__interval", List.of(Queries.coverage(LEDGER)), "site"),
                "$tag_site"))
        .between(0, 1);
  }

  private static Panel counts(String title, String says, SiteAmount... amounts) {
    return Panels.columns(title, Panels.COUNT, 12, 8)
        .says(says + " Sums of each interval.")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER,
                    "$__interval",
                    Arrays.stream(amounts)
                        .map(amount -> new Column(Queries.words(amount), LEDGER.sum(amount)))
                        .toList())));
  }

  private static Panel deviceTime() {
    return Panels.columns("Device time in doubt", "ms", 12, 8)
        .says(
            "Device time that is uncovered, that was given to jobs more than once, and in which a"
                + " counter stood still though power was drawn. Sums of each interval.")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER,
                    "$__interval",
                    List.of(
                        new Column("Uncovered", LEDGER.sum(SiteAmount.UNCOVERED_MILLIS)),
                        new Column("Overbooked", LEDGER.sum(SiteAmount.OVERBOOKED_MILLIS)),
                        new Column(
                            "Stuck counters", LEDGER.sum(SiteAmount.COUNTER_STUCK_MILLIS))))));
  }
}
