// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The queries that panels are made of. A window may have several points, which add up, so every
 * figure is worked out from sums; ratios are ratios of sums, never means of ratios.
 */
final class Queries {
  /** Millijoules in a kilowatt-hour; with a decimal point, so that no store divides integers. */
  static final String KILOWATT_HOUR = "3600000000.0";

  /** Length of the chosen windows, as a duration and in milliseconds. */
  static final String WINDOW = "${window:text}";

  static final String WINDOW_MILLIS = "${window:raw}";

  /** Of points of any age: the newest is the present state. */
  static final String BEFORE_RANGE_ENDS = "time <= ${__to}ms";

  /** Length of {@link Windows#NAME} windows, ms, with a decimal point. */
  static final String SHORT_WINDOW_MILLIS = Windows.MILLIS + ".0";

  /** Turns the power of such a window, W, into its energy, kWh. */
  static final String KILOWATT_HOURS_OF_WINDOW = " * " + Windows.MILLIS / 1_000 + ".0 / 3600000.0";

  /** What a node contains. */
  private static final List<DeviceKind> INSIDE_NODES =
      List.of(DeviceKind.GPU, DeviceKind.MEMORY, DeviceKind.STORAGE, DeviceKind.CPU);

  private static final String AT_THE_END = "time > ${__to}ms - 10m";

  private static final String PRICE = "${price:raw}";
  private static final String CARBON = "${carbon:raw}";

  /** How long before the range a job may have started, so that its summary is still found. */
  private static final String LOOK_BACK = "90d";

  private Queries() {}

  static String sites(Source source) {
    return source.tag("site") + " =~ /^${site:regex}$/";
  }

  static String job(Source source) {
    String name = source == Source.JOB_WINDOW ? source.tag("job") : source.field("job");
    return name + " =~ /^${job:regex}$/";
  }

  static String node() {
    return Source.NODE_WINDOW.tag("node") + " =~ /^${node:regex}$/";
  }

  /** Points of the chosen sites, windows (and job), in the range. */
  private static Select filtered(Select select, Source source) {
    return select.from(source).where(sites(source), Select.IN_RANGE);
  }

  /** One row over the range, for each value of the tags. */
  static Select inRange(Source source, List<Column> columns, String... tags) {
    return filtered(select(columns), source).groupBy(quoted(source, tags));
  }

  /** Sums over each window. */
  static Select perWindow(Source source, List<Column> columns, String... tags) {
    return filtered(select(columns), source)
        .groupBy(dimensions("time(" + source.window() + ")", quoted(source, tags)))
        .fill("none");
  }

  /** Mean of the windows in each interval that is drawn; a gap stays a gap. */
  static Select trend(Source source, List<Column> columns, String... tags) {
    return trend(perWindow(source, columns, tags), columns, quoted(source, tags));
  }

  static Select trend(Select perWindow, List<Column> columns, String... quotedTags) {
    return overWindows("mean", perWindow, columns)
        .groupBy(dimensions("time($__interval)", quotedTags))
        .fill("null");
  }

  /** One figure out of all windows of the range. */
  static Select overWindows(String function, Select perWindow, List<Column> columns) {
    return Select.of(
            columns.stream()
                .map(column -> Select.as(function + "(" + column.quoted() + ")", column.name()))
                .toArray(String[]::new))
        .from(perWindow)
        .where(Select.IN_RANGE);
  }

  /** Ratios and sums of each interval that is drawn. */
  static Select perInterval(Source source, String interval, List<Column> columns, String... tags) {
    return filtered(select(columns), source)
        .groupBy(dimensions("time(" + interval + ")", quoted(source, tags)))
        .fill("null");
  }

  /** Of the chosen job, all its windows in the range as one row. */
  static Select jobInRange(List<Column> columns) {
    return inRange(Source.JOB_WINDOW, columns).where(job(Source.JOB_WINDOW));
  }

  static Select jobTrend(List<Column> columns) {
    return trend(jobWindows(columns), columns);
  }

  static Select jobWindows(List<Column> columns) {
    return perWindow(Source.JOB_WINDOW, columns).where(job(Source.JOB_WINDOW));
  }

  /** Of the chosen node, all its windows in the range as one row. */
  static Select nodeInRange(List<Column> columns) {
    return inRange(Source.NODE_WINDOW, columns).where(node());
  }

  static Select nodeWindows(List<Column> columns) {
    return perWindow(Source.NODE_WINDOW, columns).where(node());
  }

  static Select nodeTrend(List<Column> columns) {
    return trend(nodeWindows(columns), columns);
  }

  /** Ratios and sums of each interval that is drawn, of the chosen node. */
  static Select nodePerInterval(List<Column> columns) {
    return perInterval(Source.NODE_WINDOW, "$__interval", columns).where(node());
  }

  /** Of the chosen job, from its summary: from start to end, wherever the range is. */
  static Select jobLife(String... columns) {
    return Select.of(columns)
        .from(Source.JOB_SUMMARY)
        .where(sites(Source.JOB_SUMMARY), job(Source.JOB_SUMMARY), startedBeforeRangeEnds());
  }

  static String startedBeforeRangeEnds() {
    return "time >= ${__from}ms - " + LOOK_BACK + " AND " + BEFORE_RANGE_ENDS;
  }

  private static Select select(List<Column> columns) {
    return Select.of(columns.stream().map(Column::text).toArray(String[]::new));
  }

  private static String[] quoted(Source source, String... tags) {
    String[] quoted = new String[tags.length];
    for (int i = 0; i < tags.length; i++) {
      quoted[i] = source.tag(tags[i]);
    }
    return quoted;
  }

  private static String[] dimensions(String time, String... tags) {
    List<String> dimensions = new ArrayList<>(List.of(time));
    dimensions.addAll(List.of(tags));
    return dimensions.toArray(String[]::new);
  }

  // figures

  static Column watts(String name, String field) {
    return watts(Source.SITE_WINDOW, name, field);
  }

  static Column watts(Source source, String name, String field) {
    return new Column(name, source.sum(field));
  }

  /** Energy of power that is stored in windows of {@link Windows#NAME}. */
  static Column kilowattHours(Source source, String name, String watts) {
    return new Column(name, source.sum(watts) + KILOWATT_HOURS_OF_WINDOW);
  }

  /** Power by kind; what is left of the total is the rest of the nodes, seen by their meters. */
  static List<Column> wattsByKind(Source source) {
    String rest = source.sum("total_watts");
    List<Column> columns = new ArrayList<>();
    for (DeviceKind kind : INSIDE_NODES) {
      String field = kind.name().toLowerCase(Locale.ROOT) + "_watts";
      rest += " - " + source.sum(field);
      columns.add(watts(source, title(kind), field));
    }
    columns.add(new Column("Rest of the nodes", rest));
    return columns;
  }

  static String title(DeviceKind kind) {
    return switch (kind) {
      case GPU -> "GPU";
      case MEMORY -> "Memory";
      case STORAGE -> "Storage";
      case CPU -> "CPU";
      case NODE -> "Node";
      case FACILITY -> "Facility";
      case UPS -> "UPS";
      case PDU -> "PDU";
      case GENERATION -> "Generation";
      case EXPORT -> "Export";
    };
  }

  /** Mean power in a window of 10 s of a job, W. */
  static Column jobWatts(String name, JobAmount amount) {
    // millijoules over milliseconds are watts
    return new Column(name, Source.JOB_WINDOW.sum(amount) + " / " + SHORT_WINDOW_MILLIS);
  }

  static List<Column> jobWattsByKind() {
    String rest = "(" + Source.JOB_WINDOW.sum(JobAmount.TOTAL_MILLIJOULES);
    List<Column> columns = new ArrayList<>();
    for (DeviceKind kind : INSIDE_NODES) {
      JobAmount amount = JobAmount.of(kind);
      rest += " - " + Source.JOB_WINDOW.sum(amount);
      columns.add(jobWatts(title(kind), amount));
    }
    columns.add(new Column("Rest of the nodes", rest + ") / " + SHORT_WINDOW_MILLIS));
    return columns;
  }

  static Column kilowattHours(Source source, String name, Enum<?> amount) {
    return new Column(name, source.sum(amount) + " / " + KILOWATT_HOUR);
  }

  static Column cost(Source source, Enum<?> amount) {
    return new Column("Cost", source.sum(amount) + " / " + KILOWATT_HOUR + " * " + PRICE);
  }

  /** Grams. */
  static Column carbon(Source source, Enum<?> amount) {
    return new Column("CO2", source.sum(amount) + " / " + KILOWATT_HOUR + " * " + CARBON);
  }

  static Column ratio(Source source, String name, Enum<?> part, Enum<?> whole) {
    return new Column(name, source.sum(part) + " / " + source.sum(whole));
  }

  /** Device time with known energy, of all device time; the same amounts for jobs and sites. */
  static Column coverage(Source source) {
    String covered = source.sum(SiteAmount.COVERED_MILLIS);
    return new Column(
        "Coverage",
        covered + " / (" + covered + " + " + source.sum(SiteAmount.UNCOVERED_MILLIS) + ")");
  }

  static List<Column> utilisation() {
    Source ledger = Source.LEDGER;
    return List.of(
        ratio(ledger, "GPU busy", SiteAmount.GPU_BUSY_MILLIS, SiteAmount.GPU_MILLIS),
        ratio(ledger, "GPU allocated", SiteAmount.GPU_ALLOCATED_MILLIS, SiteAmount.GPU_MILLIS),
        ratio(
            ledger,
            "Memory used",
            SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS,
            SiteAmount.MEMORY_MEBIBYTE_MILLIS),
        ratio(
            ledger,
            "Memory allocated",
            SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS,
            SiteAmount.MEMORY_MEBIBYTE_MILLIS),
        ratio(ledger, "Drives busy", SiteAmount.STORAGE_BUSY_MILLIS, SiteAmount.STORAGE_MILLIS),
        ratio(
            ledger,
            "Storage used",
            SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS,
            SiteAmount.STORAGE_MEBIBYTE_MILLIS),
        ratio(
            ledger,
            "Storage allocated",
            SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS,
            SiteAmount.STORAGE_MEBIBYTE_MILLIS));
  }

  /** Bytes, of MiB x ms in a window of the chosen length. */
  static Column bytes(String name, SiteAmount mebibyteMillis) {
    return new Column(name, Source.LEDGER.sum(mebibyteMillis) + " * 1048576.0 / " + WINDOW_MILLIS);
  }

  /** How many devices, of device time in a window of the chosen length. */
  static Column devices(String name, SiteAmount deviceMillis) {
    return new Column(name, Source.LEDGER.sum(deviceMillis) + " / " + WINDOW_MILLIS);
  }

  /** What measured, less jobs, less idle, in each window; by the books 0. J. */
  static Column difference() {
    return new Column("difference", Source.LEDGER.sum("difference_millijoules") + " / 1000.0");
  }

  /** Where the energy went: to busy jobs, to jobs that held GPUs idle, to nobody. kWh. */
  static List<Column> whereTo() {
    Source ledger = Source.LEDGER;
    return List.of(
        new Column(
            "Jobs",
            "(%s - %s) / %s"
                .formatted(
                    ledger.sum(SiteAmount.JOBS_TOTAL_MILLIJOULES),
                    ledger.sum(SiteAmount.HELD_IDLE_MILLIJOULES),
                    KILOWATT_HOUR)),
        kilowattHours(ledger, "Held but idle", SiteAmount.HELD_IDLE_MILLIJOULES),
        kilowattHours(ledger, "Idle", SiteAmount.IDLE_TOTAL_MILLIJOULES));
  }

  /**
   * Those of the highest power at the end of the range, W: the mean of their windows of the last
   * minutes. All windows of a range would be millions at a large site.
   *
   * @param tag what they are: {@code job} or {@code node}
   */
  static Select top(int count, Source source, String tag) {
    List<Column> power =
        List.of(
            new Column(
                "power", source.sum(JobAmount.TOTAL_MILLIJOULES) + " / " + SHORT_WINDOW_MILLIS));
    Select windows = perWindow(source, power, "site", tag).where(AT_THE_END);
    return Select.of(
            "top(%s, %s, %s, %d) AS \"power\""
                .formatted(Source.quote("power"), source.tag("site"), source.tag(tag), count))
        .from(overWindows("mean", windows, power).groupBy(quoted(source, "site", tag)));
  }

  /**
   * The budgets of the chosen sites, added up: of each the lowest one that is set for it as a
   * whole, as it was at the end of the range.
   *
   * @param limit of a budget, in the unit of the figure
   */
  static Select siteBudgets(Quantity quantity, String limit) {
    Source budgets = Source.BUDGET;
    Select newest =
        Select.of(
                Select.as("last(" + budgets.field("in_force") + ")", "in force"),
                Select.as(limit, "limit"),
                Select.as(budgets.field("scope_kind"), "kind"),
                Select.as(budgets.field("period"), "what"))
            .from(budgets)
            .where(sites(budgets), BEFORE_RANGE_ENDS)
            .groupBy(budgets.tag("site"), budgets.tag("budget"));
    Select lowest =
        Select.of(Select.as("min(\"limit\")", "lowest"))
            .from(newest)
            .where("\"in force\" = 1", "\"kind\" = 'SITE'", "\"what\" = '" + quantity + "'")
            .groupBy(budgets.tag("site"));
    return Select.of(Select.as("sum(\"lowest\")", "budget")).from(lowest);
  }

  /** The name of an amount in words. */
  static String words(SiteAmount amount) {
    String words = amount.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
