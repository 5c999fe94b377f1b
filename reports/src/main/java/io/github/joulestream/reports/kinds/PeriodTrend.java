// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.period.CalendarSpan;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Figures of jobs in this period and the five before, and in the one of a year before. */
final class PeriodTrend {
  private static final int PERIODS = 6;

  // the oldest first
  private final List<PeriodFigures> figures;
  private final PeriodFigures yearBefore;
  // one that is not over cannot be compared with whole ones
  private final boolean isOver;

  private PeriodTrend(List<PeriodFigures> figures, PeriodFigures yearBefore, boolean isOver) {
    this.figures = figures;
    this.yearBefore = yearBefore;
    this.isOver = isOver;
  }

  /** Reads the earlier periods. */
  static PeriodTrend read(ReportSource source, PeriodData now) {
    List<PeriodFigures> figures = new ArrayList<>();
    figures.add(PeriodFigures.of(now));
    Period period = source.request().period();
    List<Period> periods = CalendarSpan.trend(period, PERIODS);
    for (Period earlier : periods.subList(0, PERIODS - 1).reversed()) {
      figures.addFirst(PeriodFigures.of(source.of(earlier, ReportSource.Detail.GROUPS)));
    }
    Period year = CalendarSpan.yearBefore(period);
    return new PeriodTrend(
        figures,
        PeriodFigures.of(source.of(year, ReportSource.Detail.GROUPS)),
        now.period().equals(period));
  }

  /** This period. */
  PeriodFigures now() {
    return figures.getLast();
  }

  /** Tiles of this period. */
  List<Tile> tiles() {
    PeriodFigures now = now();
    return List.of(
        tile("energy", "Energy", Quantity.ENERGY, "", PeriodFigures::energy, "of jobs"),
        tile("cost", "Cost", Quantity.MONEY, "", this::comparableCost, ""),
        tile(
            "co2e_location",
            "CO2e, location",
            Quantity.MASS,
            "",
            PeriodFigures::location,
            "by the grid's mix"),
        tile(
            "co2e_market",
            "CO2e, market",
            Quantity.MASS,
            "",
            PeriodFigures::market,
            "by contracts"),
        tile(
            "energy_per_gpu_hour",
            "Per GPU hour",
            Quantity.NUMBER,
            "kWh/GPU h",
            PeriodFigures::perGpuHour,
            now.busy() == null
                ? ""
                : "GPUs %s busy".formatted(Said.percent(now.busy().doubleValue()))),
        tile(
            "held_idle",
            "Held idle",
            Quantity.ENERGY,
            "",
            PeriodFigures::heldIdle,
            now.heldIdleShare() == null
                ? ""
                : "%s of energy".formatted(Said.percent(now.heldIdleShare().doubleValue()))));
  }

  /** Amounts of another currency cannot be compared. */
  private @Nullable BigDecimal comparableCost(PeriodFigures of) {
    return of.currency().equals(now().currency()) ? of.cost() : null;
  }

  private Tile tile(
      String name,
      String title,
      Quantity quantity,
      String unit,
      Function<PeriodFigures, @Nullable BigDecimal> figure,
      String note) {
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    figures.forEach(period -> trend.add(figure.apply(period)));
    BigDecimal now = figure.apply(now());
    return new Tile(
        name,
        title,
        quantity,
        unit,
        now,
        isOver ? Cells.change(now, figure.apply(figures.get(figures.size() - 2))) : null,
        isOver ? Cells.change(now, figure.apply(yearBefore)) : null,
        trend,
        note);
  }

  /** The periods. */
  Section section() {
    List<Column> columns =
        List.of(
            Column.text("period", "Period"),
            Column.of("energy", "Energy", Quantity.ENERGY, ""),
            Column.of("cost", "Cost", Quantity.MONEY, ""),
            Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
            Column.number("energy_per_gpu_hour", "Per GPU hour", "kWh/GPU h", ""),
            Column.of("gpu_busy", "GPU busy", Quantity.RATIO, ""),
            Column.of("held_idle_share", "Held idle", Quantity.RATIO, "of the energy"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (PeriodFigures of : figures) {
      rows.add(
          Cells.row(
              of.period().label(),
              of.energy(),
              comparableCost(of),
              of.location(),
              of.perGpuHour(),
              of.busy(),
              of.heldIdleShare()));
    }
    return new Section(
        "trend",
        "Six periods",
        List.of("Periods differ in length; energy per GPU hour and shares do not depend on it."),
        new Table("trend", columns, rows, null, Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.COLUMNS,
                "Energy of the jobs by period",
                "period",
                List.of(new Chart.Series("energy", Chart.Role.JOBS)),
                "")),
        false);
  }
}
