// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of a report.
 *
 * @param name for programs, in lower case with underscores: the name of its CSV file
 * @param columns by position
 * @param rows a value for each column: {@link String} of a text, {@link Instant} of a time, else
 *     {@link BigDecimal}; null: not known, which is not 0. {@link ComputedRows} are taken as they
 *     are
 * @param totals the row at the foot, or null
 * @param shownRows rows that HTML, PDF and Markdown show at most; CSV and JSON have all
 */
public record Table(
    String name,
    List<Column> columns,
    List<List<@Nullable Object>> rows,
    @Nullable List<@Nullable Object> totals,
    int shownRows) {
  /** All rows are shown. */
  public static final int ALL_ROWS = Integer.MAX_VALUE;

  // not compact: only then has the class file what may be null within the lists
  public Table(
      String name,
      List<Column> columns,
      List<List<@Nullable Object>> rows,
      @Nullable List<@Nullable Object> totals,
      int shownRows) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.rows = rows instanceof ComputedRows computed ? computed : checkedAll(columns, rows);
    this.totals = totals == null ? null : checked(columns, totals);
    this.shownRows = shownRows;
  }

  private static List<List<@Nullable Object>> checkedAll(
      List<Column> columns, List<List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> checked = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      checked.add(checked(columns, row));
    }
    return Collections.unmodifiableList(checked);
  }

  private static List<@Nullable Object> checked(List<Column> columns, List<@Nullable Object> row) {
    if (row.size() != columns.size()) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(row.size(), columns.size()));
    }
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      Class<?> type =
          switch (columns.get(i).quantity()) {
            case TEXT -> String.class;
            case TIME -> Instant.class;
            default -> BigDecimal.class;
          };
      if (value != null && !type.isInstance(value)) {
        throw new IllegalArgumentException(
            "%s is no %s, in column %s".formatted(value, type, columns.get(i).name()));
      }
    }
    return Collections.unmodifiableList(new ArrayList<>(row));
  }

  /** The column of this name. */
  public int indexOf(String columnName) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(columnName)) {
        return i;
      }
    }
    throw new IllegalArgumentException("table %s has no column %s".formatted(name, columnName));
  }
}
