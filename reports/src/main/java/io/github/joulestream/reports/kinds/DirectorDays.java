// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.CalendarSpan;
import io.github.joulestream.reports.period.Period;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Energy by day, and by month where that is more than a chart has place for. */
final class DirectorDays {
  private static final int MOST_DAYS = 62;
  private static final int MONTH_LENGTH = "2026-10".length();

  private final Period period;
  private final boolean hasMoney;
  // by day; null: no ledger
  private final Map<String, @Nullable Part> days = new LinkedHashMap<>();
  private int partial;

  /** What was used in a part of the period. */
  private static final class Part {
    final ExactSum jobs = new ExactSum();
    final ExactSum heldIdle = new ExactSum();
    final ExactSum idle = new ExactSum();
    final Charges charges = new Charges();

    void add(Part other) {
      jobs.add(other.jobs);
      heldIdle.add(other.heldIdle);
      idle.add(other.idle);
      charges.add(other.charges);
    }

    List<@Nullable Object> row(String name, boolean hasMoney) {
      ExactSum used = jobs.copy();
      used.subtract(heldIdle);
      ExactSum energy = jobs.copy();
      energy.add(idle);
      return Cells.row(
          name,
          Cells.sum(used),
          Cells.sum(heldIdle),
          Cells.sum(idle),
          Cells.sum(energy),
          hasMoney ? Cells.amount(charges, Figure.COST) : null,
          Cells.amount(charges, Figure.CO2E_LOCATION));
    }
  }

  private DirectorDays(Period period, boolean hasMoney) {
    this.period = period;
    this.hasMoney = hasMoney;
  }

  /** Of whole sites, or of the jobs that a narrowed request is of. */
  static DirectorDays of(PeriodData data, boolean narrowed) {
    DirectorDays days = new DirectorDays(data.period(), !PeriodFigures.currency(data).isEmpty());
    SortedMap<String, Use> jobs =
        narrowed ? data.by(Grouping.of(Grouping.By.DAY)) : new java.util.TreeMap<>();
    for (Period day : CalendarSpan.days(data.period())) {
      Part part = new Part();
      int missing = 0;
      int present = 0;
      for (SiteUse site : data.sites().values()) {
        int end = index(site, day.range().to());
        for (int step = index(site, day.range().from()); step < end; step++) {
          if (!site.hasLedger(step)) {
            missing++;
            continue;
          }
          present++;
          if (!narrowed) {
            add(part, site, step);
          }
        }
      }
      Use use = jobs.get(day.label());
      if (use != null) {
        part.jobs.add(use.sum(JobAmount.TOTAL_MILLIJOULES));
        part.heldIdle.add(use.sum(JobAmount.HELD_IDLE_MILLIJOULES));
        part.charges.add(use.charges());
      }
      days.partial += present > 0 && missing > 0 ? 1 : 0;
      days.days.put(day.label(), present == 0 ? null : part);
    }
    return days;
  }

  private static int index(SiteUse site, long time) {
    return Math.toIntExact((time - site.from()) / site.stepMillis());
  }

  private static void add(Part part, SiteUse site, int step) {
    part.jobs.add(site.at(step, SiteAmount.JOBS_TOTAL_MILLIJOULES));
    part.heldIdle.add(site.at(step, SiteAmount.HELD_IDLE_MILLIJOULES));
    part.idle.add(site.at(step, SiteAmount.IDLE_TOTAL_MILLIJOULES));
    part.charges.add(site.at(step, SiteAmount.MEASURED_TOTAL_MILLIJOULES), site.factors(step));
  }

  /** True if the first page has months. */
  boolean isByMonth() {
    return days.size() > MOST_DAYS;
  }

  /** Of the first page. */
  Section first() {
    return isByMonth()
        ? section("months", "By month", months(), true)
        : section("days", "By day", days, true);
  }

  /** The days, where the first page has months. */
  Section detail() {
    return section("days", "By day", days, false);
  }

  private Map<String, @Nullable Part> months() {
    Map<String, @Nullable Part> months = new LinkedHashMap<>();
    days.forEach((day, part) -> {
      String month = day.substring(0, MONTH_LENGTH);
      Part sum = months.get(month);
      if (part != null) {
        if (sum == null) {
          sum = new Part();
        }
        sum.add(part);
      }
      months.put(month, sum);
    });
    return months;
  }

  private Section section(
      String name, String title, Map<String, @Nullable Part> parts, boolean onFirstPage) {
    String unit = name.substring(0, name.length() - 1);
    List<Column> columns =
        List.of(
            Column.text(unit, unit.equals("day") ? "Day" : "Month"),
            Column.of("jobs_used", "Jobs", Quantity.ENERGY, "without what is held idle"),
            Column.of("held_idle", "Held idle", Quantity.ENERGY, ""),
            Column.of("unallocated_idle", "Unallocated idle", Quantity.ENERGY, ""),
            Column.of("energy", "Energy", Quantity.ENERGY, "measured"),
            Column.of("cost", "Cost", Quantity.MONEY, "of energy"),
            Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Part all = new Part();
    int gaps = 0;
    String highest = "";
    BigDecimal most = BigDecimal.valueOf(-1);
    for (Map.Entry<String, @Nullable Part> part : parts.entrySet()) {
      Part of = part.getValue();
      if (of == null) {
        gaps++;
        rows.add(Cells.row(part.getKey(), null, null, null, null, null, null));
        continue;
      }
      all.add(of);
      List<@Nullable Object> row = of.row(part.getKey(), hasMoney);
      rows.add(row);
      if (row.get(4) instanceof BigDecimal energy && energy.compareTo(most) > 0) {
        most = energy;
        highest = part.getKey();
      }
    }
    List<String> sentences = new ArrayList<>();
    if (gaps > 0) {
      sentences.add(
          "%d of %d %s have no ledger: they are gaps and not 0."
              .formatted(gaps, parts.size(), name));
    }
    if (partial > 0) {
      sentences.add(
          partial == 1
              ? "1 day has a ledger of a part of its time, or of a part of the sites."
              : "%d days have a ledger of a part of their time, or of a part of the sites."
                  .formatted(partial));
    }
    return new Section(
        name,
        title,
        sentences,
        new Table(name, columns, rows, all.row("All", hasMoney), MOST_DAYS),
        List.of(
            new Chart(
                Chart.Form.COLUMNS,
                highest.isEmpty()
                    ? "No energy in " + period.label()
                    : "Most energy was used in the %s %s".formatted(unit, highest),
                unit,
                List.of(
                    new Chart.Series("jobs_used", Chart.Role.JOBS),
                    new Chart.Series("held_idle", Chart.Role.HELD_IDLE),
                    new Chart.Series("unallocated_idle", Chart.Role.IDLE)),
                "")),
        onFirstPage);
  }
}
