// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sections of jobs by user or by class: use, money and emissions, work. */
final class GroupTables {
  private static final int SHOWN = 20;
  private static final double HOUR_MILLIS = 3_600_000;
  private static final double KILOWATT_HOUR = 3.6e9;

  private final String name;
  private final String title;
  private final Column first;
  private final GroupedJobs jobs;
  private final boolean hasMoney;

  /**
   * Of grouped jobs.
   *
   * @param name {@code users}
   * @param title {@code Users}
   * @param first column of the groups' names
   * @param hasMoney whether all prices are of one currency
   */
  GroupTables(String name, String title, Column first, GroupedJobs jobs, boolean hasMoney) {
    this.name = name;
    this.title = title;
    this.first = first;
    this.jobs = jobs;
    this.hasMoney = hasMoney;
  }

  /** kWh per GPU hour; null without GPU time. */
  static @Nullable BigDecimal perGpuHour(Use use) {
    double hours = use.sum(JobAmount.GPU_HELD_MILLIS).doubleValue() / HOUR_MILLIS;
    return Cells.number(use.sum(JobAmount.TOTAL_MILLIJOULES).doubleValue() / KILOWATT_HOUR / hours);
  }

  /** What they used, and how well. */
  Section use(boolean onFirstPage) {
    List<Column> columns =
        List.of(
            first,
            Column.of("jobs", "Jobs", Quantity.COUNT, ""),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "GPUs held, times time"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of all devices, by share"),
            Column.number(
                "energy_per_gpu_hour",
                "Per GPU hour",
                "kWh/GPU h",
                "all energy over GPU hours held"),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "GPU time busy over GPU time held"),
            Column.of(
                "held_idle", "Held idle", Quantity.ENERGY, "of GPUs held at a use under 5 %"));
    Table table = table(name, columns, GroupTables::useRow);
    Chart chart =
        new Chart(
            Chart.Form.BARS,
            title + " by energy",
            first.name(),
            List.of(new Chart.Series("energy", Chart.Role.JOBS)),
            "");
    return new Section(name, title, List.of(), table, List.of(chart), onFirstPage);
  }

  private static List<@Nullable Object> useRow(String name, GroupedJobs.Group group) {
    Use use = group.use();
    return Cells.row(
        name,
        BigDecimal.valueOf(group.jobs()),
        Cells.sum(use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.sum(use.sum(JobAmount.TOTAL_MILLIJOULES)),
        perGpuHour(use),
        Cells.ratio(use.sum(JobAmount.GPU_BUSY_MILLIS), use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.sum(use.sum(JobAmount.HELD_IDLE_MILLIJOULES)));
  }

  /** What that cost and emitted. */
  Section charges() {
    List<Column> columns =
        List.of(
            first,
            Column.of("cost", "Cost", Quantity.MONEY, "of the energy, step by step"),
            Column.of(
                "held_idle_cost", "Of it held idle", Quantity.MONEY, "of GPUs held under 5 % use"),
            Column.of("co2e_location", "CO2e, location", Quantity.MASS, "by the grid's mix"),
            Column.of("co2e_market", "CO2e, market", Quantity.MASS, "by contracts"),
            Column.of(
                "renewable", "Renewable", Quantity.RATIO, "physically: own and the grid's mix"),
            Column.of(
                "contracted",
                "By contract",
                Quantity.RATIO,
                "renewable with what was purchased, without what was sold"));
    return new Section(
        name + "_charges",
        title + ": money and emissions",
        List.of(),
        table(name + "_charges", columns, this::chargesRow),
        List.of(),
        false);
  }

  private List<@Nullable Object> chargesRow(String name, GroupedJobs.Group group) {
    Use use = group.use();
    return Cells.row(
        name,
        hasMoney ? Cells.amount(use.charges(), Figure.COST) : null,
        hasMoney ? Cells.amount(use.heldIdle(), Figure.COST) : null,
        Cells.amount(use.charges(), Figure.CO2E_LOCATION),
        Cells.amount(use.charges(), Figure.CO2E_MARKET),
        Cells.share(use.charges(), Figure.RENEWABLE),
        Cells.share(use.charges(), Figure.CONTRACTED));
  }

  private Table table(
      String tableName,
      List<Column> columns,
      BiFunction<String, GroupedJobs.Group, List<@Nullable Object>> row) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (GroupedJobs.Group group : jobs.largestFirst()) {
      rows.add(row.apply(Cells.name(group.name()), group));
    }
    return new Table(tableName, columns, rows, row.apply("All", jobs.all()), SHOWN);
  }

  /** Their work per joule, for each unit; nothing if no job reported work. */
  Stream<Section> work() {
    if (jobs.all().work().isEmpty()) {
      return Stream.of();
    }
    List<Column> columns =
        List.of(
            first,
            Column.text("unit", "Unit"),
            Column.number("work", "Work", "", "of whole jobs, in the unit"),
            Column.number(
                "work_per_joule",
                "Per joule",
                "",
                "work over energy of the jobs that report this unit"),
            Column.of("jobs", "Jobs", Quantity.COUNT, "that report this unit"),
            Column.of("of_jobs", "Of", Quantity.COUNT, "all jobs"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (GroupedJobs.Group group : jobs.largestFirst()) {
      group.work().forEach((unit, sum) -> rows.add(workRow(group, unit, sum)));
    }
    return Stream.of(
        new Section(
            name + "_work",
            title + ": work per joule",
            List.of("Work and energy are those of whole jobs, also of what is outside the period."),
            new Table(name + "_work", columns, rows, null, SHOWN),
            List.of(),
            false));
  }

  private static List<@Nullable Object> workRow(GroupedJobs.Group group, String unit, WorkSum sum) {
    return Cells.row(
        Cells.name(group.name()),
        unit,
        Cells.number(sum.work()),
        Cells.number(sum.perJoule()),
        BigDecimal.valueOf(sum.jobs()),
        BigDecimal.valueOf(group.jobs()));
  }
}
