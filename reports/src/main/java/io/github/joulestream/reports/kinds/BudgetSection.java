// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.reports.advice.Words;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.store.history.BudgetStep;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Budgets of sites, projects, users and kinds of devices, and whether they were passed. */
final class BudgetSection {
  private static final long HOUR_MILLIS = 3_600_000;

  private final ReportSource source;
  private final TimeRange range;
  private final SortedMap<String, BudgetUse> budgets = new TreeMap<>();

  private BudgetSection(ReportSource source, PeriodData data) {
    this.source = source;
    this.range = data.period().range();
  }

  /** Reads budgets, and the energy of what they are of. */
  static Section of(ReportSource source, PeriodData data) {
    source.progress("budgets of " + data.period().label());
    BudgetSection section = new BudgetSection(source, data);
    section.read();
    return section.section();
  }

  private void read() {
    source
        .history()
        .budgets(
            source.request().sites(),
            range.to(),
            change ->
                budgets
                    .computeIfAbsent(change.site() + "/" + change.budget(), name -> new BudgetUse())
                    .add(change));
    budgets.values().removeIf(budget -> budget.described() == null);
    readSites();
    readGroups(Scope.Kind.PROJECT);
    readGroups(Scope.Kind.USER);
  }

  private List<BudgetUse> of(Scope.Kind kind) {
    List<BudgetUse> of = new ArrayList<>();
    for (BudgetUse budget : budgets.values()) {
      Scope scope = budget.scope();
      if (scope != null && scope.kind() == kind) {
        of.add(budget);
      }
    }
    return of;
  }

  private TimeRange needed(List<BudgetUse> of) {
    long from = of.stream().mapToLong(budget -> budget.from(range)).min().orElse(range.from());
    return new TimeRange(Math.floorDiv(from, HOUR_MILLIS) * HOUR_MILLIS, range.to());
  }

  private void readSites() {
    List<BudgetUse> of = of(Scope.Kind.SITE);
    of.addAll(of(Scope.Kind.KIND));
    if (of.isEmpty()) {
      return;
    }
    Set<String> sites = new TreeSet<>();
    of.forEach(budget -> sites.add(budget.latest().site()));
    source
        .history()
        .siteSteps(
            new TreeSet<>(sites),
            needed(of),
            BudgetUse.QUARTER_MILLIS,
            step -> {
              for (BudgetUse budget : of) {
                Scope scope = budget.scope();
                if (scope != null && budget.latest().site().equals(step.site())) {
                  SiteAmount amount =
                      scope.kind() == Scope.Kind.SITE
                          ? SiteAmount.MEASURED_TOTAL_MILLIJOULES
                          : SiteAmount.measured(scope.deviceKind());
                  budget.add(step.stepStart(), step.totals().get(amount));
                }
              }
            });
  }

  private void readGroups(Scope.Kind kind) {
    List<BudgetUse> of = of(kind);
    if (of.isEmpty()) {
      return;
    }
    TreeSet<String> sites = new TreeSet<>();
    Set<String> names = new TreeSet<>();
    for (BudgetUse budget : of) {
      Scope scope = budget.scope();
      if (scope != null) {
        sites.add(budget.latest().site());
        names.add(scope.name());
      }
    }
    boolean byUser = kind == Scope.Kind.USER;
    source
        .history()
        .usage(
            new UsageQuery(
                sites,
                needed(of),
                BudgetUse.QUARTER_MILLIS,
                UsageQuery.Detail.USER_AND_PROJECT,
                byUser ? names : Set.of(),
                byUser ? Set.of() : names,
                Set.of(JobAmount.TOTAL_MILLIJOULES)),
            row -> {
              for (BudgetUse budget : of) {
                Scope scope = budget.scope();
                if (scope != null
                    && budget.latest().site().equals(row.site())
                    && scope.name().equals(byUser ? row.user() : row.project())) {
                  budget.add(row.stepStart(), row.totals().get(JobAmount.TOTAL_MILLIJOULES));
                }
              }
            });
  }

  private Section section() {
    List<Column> columns =
        List.of(
            Column.text("budget", "Budget"),
            Column.text("scope", "Of"),
            Column.text("limit", "Limit"),
            Column.of("highest", "Highest", Quantity.RATIO, "of the limit"),
            Column.of("at", "At", Quantity.TIME, "start of the time in which it was highest"),
            Column.of("passed", "Passed", Quantity.COUNT, "times with more than the limit"),
            Column.of("of", "Of", Quantity.COUNT, "times with a limit"));
    List<String> others = new ArrayList<>();
    List<Map.Entry<List<@Nullable Object>, Double>> rows = new ArrayList<>();
    budgets.forEach((name, budget) -> {
      BudgetStep described = budget.described();
      BudgetUse.Used used = budget.used(range);
      if (described == null) {
        return;
      }
      if (used == null) {
        others.add(name);
        return;
      }
      rows.add(
          Map.entry(
              Cells.row(
                  name,
                  described.scope(),
                  limit(described),
                  Cells.number(used.highest()),
                  used.at(),
                  BigDecimal.valueOf(used.passed()),
                  BigDecimal.valueOf(used.of())),
              used.highest()));
    });
    rows.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Budgets of power by mean power of quarters of an hour, those of energy by hours, days or"
            + " months of their own zone. Lower limits at certain hours are not in the store.");
    if (!others.isEmpty()) {
      sentences.add(
          "Not evaluated, as they are of racks or jobs, were not in force, or nothing is known of"
              + " them: %s.".formatted(String.join(", ", others)));
    }
    return new Section(
        "budgets",
        "Budgets",
        sentences,
        new Table(
            "budgets",
            columns,
            rows.stream().map(Map.Entry::getKey).toList(),
            null,
            Table.ALL_ROWS),
        List.of(),
        true);
  }

  private static String limit(BudgetStep budget) {
    return budget.period().equals("POWER")
        ? Words.power((double) budget.limit())
        : Words.energy((double) budget.limit())
            + " "
            + budget.period().toLowerCase(Locale.ROOT).replace("energy_", "").replace('_', ' ');
  }
}
