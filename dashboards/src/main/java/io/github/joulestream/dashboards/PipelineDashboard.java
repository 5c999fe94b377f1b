// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether the figures can be relied on: the books, what arrives, what is refused, what is odd. */
final class PipelineDashboard {
  static final String UID = "joulestream-pipeline";
  static final String DIFFERENCE = "Difference of the ledger";
  static final String READINGS = "Readings by site";
  static final String COVERAGE = "Coverage by site";

  static final String LAG = "Behind, by reader and topic";

  private static final Source LEDGER = Source.LEDGER;
  private static final Source PIPELINE = Source.PIPELINE;
  private static final String READER = "$tag_component: $tag_topic";

  private PipelineDashboard() {}

  static Dashboard describe() {
    return new Dashboard(
        UID,
        "Pipeline",
        "Whether the figures can be relied on: balance, freshness, lag, rates, refusals, faults.",
        "now-6h",
        "30s",
        List.of(Variable.sites(), Variable.window(Windows.NAME), Variable.store(Windows.NAME)),
        List.of(),
        List.of(
            Panels.row("Now, and over the range"),
            readingsNow(),
            difference("Largest difference", "max"),
            difference("Smallest difference", "min"),
            SitePanels.coverage(),
            sum(
                    "Refused",
                    "Fields, readings and records that were refused, of any reason. See by reason"
                        + " below.",
                    notBooked())
                .thresholds("green", new Threshold(1, "yellow")),
            sum(
                    "Rival agents' batches",
                    "Batches of an agent that continues though a later one of its node has begun,"
                        + " or that have the number of another batch and other content.",
                    SiteAmount.RIVAL_AGENT_BATCHES)
                .thresholds("green", new Threshold(1, "red")),
            Panels.row("Ledger, and what arrives"),
            differenceBySite(),
            freshness(),
            readingsBySite(),
            coverageBySite(),
            Panels.row("The pipeline itself"),
            lag(),
            age(),
            written(),
            done(),
            stored(),
            notStored(),
            Panels.row("What is not as it should be"),
            counts(
                "Refused, by reason",
                "What could not be used, by reason. All of it is in the topic dead-letter.",
                notBooked()),
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

  /** Refusals, and what the program failed at. */
  private static SiteAmount[] notBooked() {
    return Arrays.stream(SiteAmount.values())
        .filter(
            amount -> amount.name().startsWith("REFUSED_") || amount == SiteAmount.FAILED_RECORDS)
        .toArray(SiteAmount[]::new);
  }

  private static Column readings() {
    return new Column(
        "Readings", LEDGER.sum(SiteAmount.READINGS) + " * 1000.0 / " + Queries.WINDOW_MILLIS);
  }

  private static Panel readingsNow() {
    return Panels.stat("Readings", "cps")
        .describedAs("Readings of devices that arrived, each once, per second.")
        .asks(Query.series(Queries.trend(LEDGER, List.of(readings()))))
        .interval(Queries.WINDOW);
  }

  private static Panel difference(String title, String function) {
    List<Column> columns = List.of(Queries.difference());
    return Panels.stat(title, Panels.JOULES)
        .describedAs(
            "Measured less jobs less idle, of any site and window of the range: 0, and"
                + " anything else is a defect.")
        .asks(
            Query.series(
                Queries.overWindows(function, Queries.perWindow(LEDGER, columns, "site"), columns)))
        .thresholds("red", new Threshold(0, "green"), new Threshold(0.001, "red"));
  }

  private static Panel sum(String title, String description, SiteAmount... amounts) {
    String all = String.join(" + ", Arrays.stream(amounts).map(LEDGER::sum).toList());
    return Panels.stat(title, Panels.COUNT)
        .describedAs(description)
        .asks(Query.series(Queries.inRange(LEDGER, List.of(new Column(title, all)))));
  }

  private static Panel differenceBySite() {
    return Panels.lines(DIFFERENCE, Panels.JOULES, 16, 8)
        .describedAs(
            "Measured less jobs less idle, by site; the mean of the windows of each interval. A"
                + " flat line at 0, always.")
        .asks(
            Query.series(
                Queries.trend(LEDGER, List.of(Queries.difference()), "site"), "$tag_site"));
  }

  private static Panel freshness() {
    Select newest =
        Select.of(Select.as("last(" + LEDGER.field(SiteAmount.READINGS) + ")", "readings"))
            .from(LEDGER, Windows.NAME)
            .where(Queries.sites(LEDGER), Queries.startedBeforeRangeEnds())
            .groupBy(LEDGER.tag("site"));
    Map<String, Object> age = Map.of("unit", "dateTimeFromNow", "displayName", "newest");
    return Panels.table("Newest window of each site", "none", 8, 8)
        .describedAs(
            "How old the newest window is, and how many readings it has. Some seconds are normal.")
        .asks(Query.table(newest))
        .field("Time", age)
        .field("time", age)
        .field("site", Link.toSite("window"));
  }

  /** Over time, of what the probe of the store writer saw; one series for each of these tags. */
  private static Select seen(String function, String field, String... tags) {
    List<String> dimensions = new ArrayList<>(List.of("time($__interval)"));
    Arrays.stream(tags).map(PIPELINE::tag).forEach(dimensions::add);
    return Select.of(Select.as(function + "(" + PIPELINE.field(field) + ")", field))
        .from(PIPELINE)
        .where(Select.IN_RANGE)
        .groupBy(dimensions.toArray(String[]::new))
        .fill("null");
  }

  private static Panel lag() {
    return Panels.lines(LAG, Panels.COUNT, 12, 9)
        .describedAs(
            "Records of a topic that are there and that its reader has not done yet: the"
                + " topologies, the store writers, the senders of alerts. A lag that grows is of one that is too"
                + " slow, or stopped.")
        .asks(Query.series(seen("max", "lag_records", "component", "topic"), READER))
        .interval(PIPELINE.window())
        .fromZero();
  }

  private static Panel age() {
    return Panels.lines("Age of the newest window", "ms", 12, 9)
        .describedAs(
            "How long ago the newest window of 10 s ended that the store has, by site. Some seconds"
                + " are normal. A writer knows of what it stored since it started.")
        .asks(
            Query.series(
                seen("max", "age_millis", "site").where(Queries.sites(PIPELINE)), "$tag_site"))
        .interval(PIPELINE.window())
        .fromZero();
  }

  private static Panel written() {
    return Panels.lines("Written to topics", "cps", 12, 8)
        .describedAs(
            "Records per second that are written to each topic; telemetry comes in batches.")
        .asks(
            Query.series(
                seen("mean", "records_per_second", "topic")
                    .where(PIPELINE.tag("component") + " = 'kafka'"),
                "$tag_topic"))
        .interval(PIPELINE.window())
        .fromZero();
  }

  private static Panel done() {
    return Panels.lines("Read from topics", "cps", 12, 8)
        .describedAs("Records per second that each reader has done, of each topic.")
        .asks(
            Query.series(
                seen("mean", "records_per_second", "component", "topic")
                    .where(PIPELINE.tag("component") + " <> 'kafka'"),
                READER))
        .interval(PIPELINE.window())
        .fromZero();
  }

  private static Panel stored() {
    return Panels.lines("Points stored", "cps", 12, 8)
        .describedAs("Points per second that each store writer has put into the store.")
        .asks(Query.series(seen("mean", "points_per_second", "component"), "$tag_component"))
        .interval(PIPELINE.window())
        .fromZero();
  }

  private static Panel notStored() {
    Select sums =
        Select.of(
                Select.as(PIPELINE.sum("unreadable"), "Unreadable"),
                Select.as(PIPELINE.sum("refused_by_store"), "Refused by the store"),
                Select.as(PIPELINE.sum("retries"), "Tried again"))
            .from(PIPELINE)
            .where(Select.IN_RANGE)
            .groupBy("time($__interval)")
            .fill("null");
    return Panels.columns("What store writers could not store", Panels.COUNT, 12, 8)
        .describedAs(
            "Records that could not be read, and points that the store refused, which are in"
                + " the topic dead-letter; and writes retried because the store was unavailable."
                + " Sums of each interval.")
        .asks(Query.series(sums))
        .interval(PIPELINE.window());
  }

  private static Panel readingsBySite() {
    return Panels.lines(READINGS, "cps", 12, 8)
        .describedAs(
            "Readings that arrived, each once, per second and site. A site that is gone ends.")
        .asks(Query.series(Queries.trend(LEDGER, List.of(readings()), "site"), "$tag_site"))
        .fromZero();
  }

  private static Panel coverageBySite() {
    return Panels.lines(COVERAGE, Panels.SHARE, 12, 8)
        .describedAs(
            "Device time whose energy is known, of all device time that was seen, by site.")
        .asks(
            Query.series(
                Queries.perInterval(
                    LEDGER, "$__interval", List.of(Queries.coverage(LEDGER)), "site"),
                "$tag_site"))
        .between(0, 1);
  }

  private static Panel counts(String title, String description, SiteAmount... amounts) {
    return Panels.columns(title, Panels.COUNT, 12, 8)
        .describedAs(description + " Sums of each interval.")
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
        .describedAs(
            "Device time that is uncovered, that was given to jobs more than once, and in which a"
                + " counter did not rise although power was measured. Sums of each interval.")
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
