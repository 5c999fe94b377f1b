// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Jobs by an attribute: what each group used, so that the rows add up to all jobs. */
final class DirectorGroups {
  private static final int TOP = 5;
  private static final int SHOWN = 20;

  private final Grouping grouping;
  private final String title;
  private final boolean hasMoney;
  private final Use all;
  // the largest energy first, of those with a name
  private final List<Map.Entry<String, Use>> named = new ArrayList<>();
  private @Nullable Use unknown;

  DirectorGroups(PeriodData data, Grouping grouping) {
    this.grouping = grouping;
    this.title = title(grouping);
    this.hasMoney = !PeriodFigures.currency(data).isEmpty();
    this.all = data.jobs();
    SortedMap<String, Use> uses = data.by(grouping);
    uses.forEach((name, use) -> {
      if (name.isEmpty()) {
        unknown = use;
      } else {
        named.add(Map.entry(name, use));
      }
    });
    if (grouping.by() != Grouping.By.DAY) {
      named.sort(
          Comparator.<Map.Entry<String, Use>, BigDecimal>comparing(
                  entry -> Cells.sum(entry.getValue().sum(JobAmount.TOTAL_MILLIJOULES)))
              .reversed()
              .thenComparing(Map.Entry::getKey));
    }
  }

  private static String title(Grouping grouping) {
    return switch (grouping.by()) {
      case LABEL -> "Label " + grouping.label();
      case KIND -> "Kinds of devices";
      default -> {
        String name = grouping.by().name();
        yield name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT) + "s";
      }
    };
  }

  private String plural() {
    return switch (grouping.by()) {
      case LABEL -> grouping.name();
      // the whole sites have a table of days, too
      case DAY -> "days_of_jobs";
      default -> grouping.name() + "s";
    };
  }

  /** Name of the largest group, empty if there is none. */
  String largest() {
    return named.isEmpty() ? "" : named.getFirst().getKey();
  }

  /** The first five, and the others together. */
  Section top() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int shown = named.size() <= TOP + 1 ? named.size() : TOP;
    Use others = new Use();
    for (int i = 0; i < named.size(); i++) {
      if (i < shown) {
        rows.add(row(named.get(i).getKey(), named.get(i).getValue()));
      } else {
        others.add(named.get(i).getValue());
      }
    }
    if (shown < named.size()) {
      rows.add(row("(others, %d)".formatted(named.size() - shown), others));
    }
    addUnknown(rows);
    return section(
        "top_" + plural(), "Top " + title.toLowerCase(Locale.ROOT), rows, Table.ALL_ROWS, true);
  }

  /** All of them. */
  Section use() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    named.forEach(entry -> rows.add(row(entry.getKey(), entry.getValue())));
    addUnknown(rows);
    return section(plural(), title, rows, SHOWN, false);
  }

  private void addUnknown(List<List<@Nullable Object>> rows) {
    Use of = unknown;
    if (of != null) {
      rows.add(row(Cells.UNKNOWN, of));
    }
  }

  private Section section(
      String name,
      String sectionTitle,
      List<List<@Nullable Object>> rows,
      int shown,
      boolean onFirstPage) {
    List<Column> columns =
        List.of(
            first(),
            Column.of("energy", "Energy", Quantity.ENERGY, "of all devices, by share"),
            Column.of("energy_share", "Share", Quantity.RATIO, "of the energy of all these jobs"),
            Column.of("cost", "Cost", Quantity.MONEY, "of the energy, step by step"),
            Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, "of GPUs held under 5 % use"),
            Column.number(
                "energy_per_gpu_hour", "Per GPU hour", "kWh/GPU h", "energy over GPU hours held"));
    return new Section(
        name,
        sectionTitle,
        List.of(),
        new Table(name, columns, rows, row("All", all), shown),
        List.of(
            new Chart(
                Chart.Form.BARS,
                chartTitle(),
                first().name(),
                List.of(new Chart.Series("energy", Chart.Role.JOBS)),
                "")),
        onFirstPage);
  }

  private Column first() {
    String name = grouping.name();
    return Column.text(
        name,
        grouping.by() == Grouping.By.LABEL
            ? grouping.label()
            : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
  }

  private String chartTitle() {
    if (named.isEmpty()) {
      return "No " + plural() + " are known";
    }
    BigDecimal share =
        Cells.ratio(
            named.getFirst().getValue().sum(JobAmount.TOTAL_MILLIJOULES),
            all.sum(JobAmount.TOTAL_MILLIJOULES));
    return share == null
        ? "Energy by " + grouping.name()
        : "%s used %s of the energy of jobs"
            .formatted(named.getFirst().getKey(), Said.percent(share.doubleValue()));
  }

  private List<@Nullable Object> row(String name, Use use) {
    ExactSum energy = use.sum(JobAmount.TOTAL_MILLIJOULES);
    return Cells.row(
        name,
        Cells.sum(energy),
        Cells.ratio(energy, all.sum(JobAmount.TOTAL_MILLIJOULES)),
        hasMoney ? Cells.amount(use.charges(), Figure.COST) : null,
        Cells.amount(use.charges(), Figure.CO2E_LOCATION),
        Cells.sum(use.sum(JobAmount.HELD_IDLE_MILLIJOULES)),
        DirectorFigures.perGpuHour(energy, use.sum(JobAmount.GPU_HELD_MILLIS)));
  }

  /** What else is known of them; kinds of devices have nothing of it. */
  Section more() {
    List<Column> columns =
        List.of(
            first(),
            Column.of("co2e_market", "CO2e, market", Quantity.MASS, ""),
            Column.of("renewable", "Renewable", Quantity.RATIO, "own and the grid's mix"),
            Column.of("contracted", "By contract", Quantity.RATIO, "renewable by contract"),
            Column.of("gpu_time", "GPU hours", Quantity.DURATION, "GPUs held, times time"),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, "GPU time busy over held"),
            Column.of("coverage", "Coverage", Quantity.RATIO, "device time whose energy is known"),
            Column.of(
                "estimated_share",
                "Estimated",
                Quantity.RATIO,
                "of the energy, estimated or modelled"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    named.forEach(entry -> rows.add(moreRow(entry.getKey(), entry.getValue())));
    Use of = unknown;
    if (of != null) {
      rows.add(moreRow(Cells.UNKNOWN, of));
    }
    return new Section(
        plural() + "_more",
        title + ": emissions, GPUs, coverage",
        List.of(),
        new Table(plural() + "_more", columns, rows, moreRow("All", all), SHOWN),
        List.of(),
        false);
  }

  private static List<@Nullable Object> moreRow(String name, Use use) {
    ExactSum time = use.sum(JobAmount.COVERED_MILLIS).copy();
    time.add(use.sum(JobAmount.UNCOVERED_MILLIS));
    ExactSum weak = use.sum(JobAmount.ESTIMATED_MILLIJOULES).copy();
    weak.add(use.sum(JobAmount.MODELLED_MILLIJOULES));
    return Cells.row(
        name,
        Cells.amount(use.charges(), Figure.CO2E_MARKET),
        Cells.share(use.charges(), Figure.RENEWABLE),
        Cells.share(use.charges(), Figure.CONTRACTED),
        Cells.sum(use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.ratio(use.sum(JobAmount.GPU_BUSY_MILLIS), use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.ratio(use.sum(JobAmount.COVERED_MILLIS), time),
        Cells.ratio(weak, use.sum(JobAmount.TOTAL_MILLIJOULES)));
  }

  /** Groupings whose rows are more than their energy. */
  static boolean hasMore(Grouping grouping) {
    return !Set.of(Grouping.By.KIND).contains(grouping.by());
  }
}
