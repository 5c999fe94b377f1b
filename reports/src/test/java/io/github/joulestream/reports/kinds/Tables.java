// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values of a report's tables, for tests. */
final class Tables {
  private Tables() {}

  static Table table(Report report, String name) {
    return Objects.requireNonNull(section(report, name).table());
  }

  static Section section(Report report, String name) {
    return report.sections().stream()
        .filter(section -> section.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no section " + name));
  }

  static @Nullable BigDecimal cell(List<@Nullable Object> row, Table table, String column) {
    return (BigDecimal) row.get(table.indexOf(column));
  }

  static BigDecimal known(List<@Nullable Object> row, Table table, String column) {
    return Objects.requireNonNull(cell(row, table, column), column);
  }

  static BigDecimal total(Table table, String column) {
    return known(Objects.requireNonNull(table.totals()), table, column);
  }

  static BigDecimal sum(Table table, String column) {
    BigDecimal sum = BigDecimal.ZERO;
    for (List<@Nullable Object> row : table.rows()) {
      BigDecimal value = cell(row, table, column);
      sum = value == null ? sum : sum.add(value);
    }
    return sum;
  }

  /** The row whose first value is this. */
  static List<@Nullable Object> row(Table table, String first) {
    return table.rows().stream()
        .filter(row -> first.equals(row.getFirst()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + first + " in " + table.rows()));
  }
}
