// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.Grouping.By;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.store.history.BudgetStep;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Budgets of energy against what was used in their hours, days or months. */
final class DirectorBudgets {
  private static final MathContext DIGITS = new MathContext(12);
  private static final String PREFIX = "ENERGY_PER_";

  private final PeriodData data;
  private final boolean isWhole;

  /** A time that a budget is counted in, and what was used in it. */
  private record Counted(long from, long to, long cut, ExactSum used) {
    BigDecimal energy() {
      return Cells.sum(used);
    }

    /** What it will be at its end, at the mean power so far. */
    BigDecimal projected() {
      return energy()
          .multiply(BigDecimal.valueOf(to - from))
          .divide(BigDecimal.valueOf(cut - from), DIGITS);
    }
  }

  private DirectorBudgets(PeriodData data, boolean isWhole) {
    this.data = data;
    this.isWhole = isWhole;
  }

  /**
   * The section.
   *
   * @param narrowed whether the request is of some jobs alone: then no budget can be compared
   */
  static Optional<Section> of(ReportSource source, PeriodData data, boolean narrowed) {
    if (narrowed || data.sites().isEmpty()) {
      return Optional.empty();
    }
    Map<String, BudgetStep> latest = new TreeMap<>();
    source
        .history()
        .budgets(
            source.request().sites(),
            data.period().to().toEpochMilli(),
            step ->
                latest.merge(
                    step.site() + "/" + step.budget(),
                    step,
                    (a, b) -> a.epochMillis() > b.epochMillis() ? a : b));
    latest.values().removeIf(step -> !step.inForce() || !step.period().startsWith(PREFIX));
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    DirectorBudgets budgets =
        new DirectorBudgets(data, data.period().to().equals(source.request().period().to()));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    latest.forEach((name, step) -> rows.add(budgets.row(name, step)));
    List<Column> columns =
        List.of(
            Column.text("budget", "Budget"),
            Column.text("scope", "Of"),
            Column.of("budget_limit", "Limit", Quantity.ENERGY, "as it is now"),
            Column.of(
                "highest",
                "Highest",
                Quantity.ENERGY,
                "most energy in one of its hours, days or months in the period"),
            Column.of("over", "Over", Quantity.COUNT, "of these, over the limit"),
            Column.of("of", "Of", Quantity.COUNT, "hours, days or months that the period has"),
            Column.of(
                "projected",
                "Projected",
                Quantity.ENERGY,
                "of the one under way, at its mean power so far"));
    return Optional.of(
        new Section(
            "budgets",
            "Budgets of energy",
            List.of(
                "Limits as they are at the end of the period. A budget of a project or a user is"
                    + " compared if the period is one of its days or months; others are in the"
                    + " alerts."),
            new Table("budgets", columns, rows, null, Table.ALL_ROWS),
            List.of(),
            false));
  }

  private List<@Nullable Object> row(String name, BudgetStep step) {
    ChronoUnit unit =
        switch (step.period().substring(PREFIX.length())) {
          case "HOUR" -> ChronoUnit.HOURS;
          case "DAY" -> ChronoUnit.DAYS;
          default -> ChronoUnit.MONTHS;
        };
    List<Counted> counted = counted(step, unit);
    BigDecimal limit = BigDecimal.valueOf(step.limit());
    BigDecimal highest = null;
    BigDecimal projected = null;
    long over = 0;
    for (Counted one : counted) {
      if (highest == null || one.energy().compareTo(highest) > 0) {
        highest = one.energy();
      }
      over += one.energy().compareTo(limit) > 0 ? 1 : 0;
      if (one.cut() < one.to()) {
        projected = one.projected();
      }
    }
    return Cells.row(
        name,
        "%s, by %s"
            .formatted(
                step.scope().isEmpty() ? "site" : step.scope(),
                step.period().substring(PREFIX.length()).toLowerCase(java.util.Locale.ROOT)),
        limit,
        highest,
        counted.isEmpty() ? null : BigDecimal.valueOf(over),
        counted.isEmpty() ? null : BigDecimal.valueOf(counted.size()),
        projected);
  }

  private List<Counted> counted(BudgetStep step, ChronoUnit unit) {
    SiteUse site = data.sites().get(step.site());
    if (site == null || !step.zone().equals(data.period().zone().getId())) {
      return List.of();
    }
    if (step.scopeKind().equals(Scope.Kind.SITE.name())) {
      return ofSite(site, unit);
    }
    Scope scope = Scope.parse(step.scope());
    return switch (scope.kind()) {
      case PROJECT -> ofGroup(By.PROJECT, scope.name(), unit);
      case USER -> ofGroup(By.USER, scope.name(), unit);
      case SITE, NODES, JOB, KIND, NODE, DEVICE -> List.of();
    };
  }

  private List<Counted> ofSite(SiteUse site, ChronoUnit unit) {
    SortedMap<Long, Counted> counted = new TreeMap<>();
    Counted current = null;
    long end = data.period().to().toEpochMilli();
    for (int step = 0; step < site.steps(); step++) {
      long time = site.from() + (long) step * site.stepMillis();
      if (current == null || time >= current.to()) {
        ZonedDateTime start = start(time, unit);
        long to = start.plus(1, unit).toInstant().toEpochMilli();
        current =
            new Counted(start.toInstant().toEpochMilli(), to, Math.min(to, end), new ExactSum());
        // one that began before the period is not known whole
        if (current.from() >= data.period().from().toEpochMilli() && (to <= end || !isWhole)) {
          counted.put(current.from(), current);
        }
      }
      current.used().add(site.at(step, SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    }
    return List.copyOf(counted.values());
  }

  private ZonedDateTime start(long time, ChronoUnit unit) {
    ZonedDateTime local = java.time.Instant.ofEpochMilli(time).atZone(data.period().zone());
    return switch (unit) {
      case HOURS -> local.truncatedTo(ChronoUnit.HOURS);
      case DAYS -> local.toLocalDate().atStartOfDay(data.period().zone());
      default -> local.toLocalDate().withDayOfMonth(1).atStartOfDay(data.period().zone());
    };
  }

  private List<Counted> ofGroup(By by, String name, ChronoUnit unit) {
    long from = data.period().from().toEpochMilli();
    long cut = data.period().to().toEpochMilli();
    ZonedDateTime start = start(from, unit);
    long to = start.plus(1, unit).toInstant().toEpochMilli();
    boolean isOne =
        start.toInstant().toEpochMilli() == from && (isWhole ? to == cut : cut > from && cut < to);
    if (!isOne || data.sites().size() > 1) {
      return List.of();
    }
    Use use = data.by(Grouping.of(by)).get(name);
    ExactSum used = use == null ? new ExactSum() : use.sum(JobAmount.TOTAL_MILLIJOULES).copy();
    return List.of(new Counted(from, to, cut, used));
  }
}
