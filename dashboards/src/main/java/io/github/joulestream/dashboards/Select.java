// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An InfluxQL query.
 *
 * @param dataSource where its measurement is
 * @param from a measurement, or a query in parentheses
 */
record Select(
    DataSource dataSource,
    List<String> columns,
    String from,
    List<String> where,
    List<String> groupBy,
    String tail) {
  /** The range of time, which Grafana puts in. */
  static final String IN_RANGE = "$timeFilter";

  Select {
    columns = List.copyOf(columns);
    where = List.copyOf(where);
    groupBy = List.copyOf(groupBy);
  }

  static Select of(String... columns) {
    return new Select(DataSource.UNSPECIFIED, List.of(columns), "", List.of(), List.of(), "");
  }

  /** From its windows; of the chosen length where there are several. */
  Select from(Source source) {
    return from(source, source.window());
  }

  /** From the windows of this length; those of another are in another place. */
  Select from(Source source, String window) {
    Select all =
        new Select(source.dataSource(window), columns, source.quoted(), where, groupBy, tail);
    return source.hasWindows() ? all.where(source.ofWindow(window)) : all;
  }

  /**
   * From the rows of several queries of one data source together. InfluxDB 1.x takes from each the
   * columns that the first has, so all have the same.
   */
  Select from(Select... inner) {
    String all =
        Arrays.stream(inner).map(one -> "(" + one.text() + ")").collect(Collectors.joining(", "));
    for (Select one : inner) {
      if (!one.dataSource.equals(inner[0].dataSource)) {
        throw new IllegalArgumentException("several data sources: " + all);
      }
    }
    return new Select(inner[0].dataSource, columns, all, where, groupBy, tail);
  }

  Select from(Select inner) {
    return new Select(inner.dataSource, columns, "(" + inner.text() + ")", where, groupBy, tail);
  }

  Select where(String... conditions) {
    return new Select(dataSource, columns, from, and(where, conditions), groupBy, tail);
  }

  Select groupBy(String... dimensions) {
    return new Select(dataSource, columns, from, where, and(groupBy, dimensions), tail);
  }

  /** What is shown for a stretch of time without points: {@code null}, {@code none}, {@code 0}. */
  Select fill(String filling) {
    return tail("fill(" + filling + ")");
  }

  Select limit(int rows) {
    return tail("LIMIT " + rows);
  }

  Select newest(int rows) {
    return tail("ORDER BY time DESC LIMIT " + rows);
  }

  private Select tail(String more) {
    return new Select(
        dataSource, columns, from, where, groupBy, tail.isEmpty() ? more : tail + " " + more);
  }

  /** A column and its name. */
  static String as(String expression, String name) {
    return expression + " AS " + Source.quote(name);
  }

  String text() {
    StringBuilder text = new StringBuilder("SELECT ").append(String.join(", ", columns));
    text.append(" FROM ").append(from);
    if (!where.isEmpty()) {
      text.append(" WHERE ").append(String.join(" AND ", where));
    }
    if (!groupBy.isEmpty()) {
      text.append(" GROUP BY ").append(String.join(", ", groupBy));
    }
    return tail.isEmpty() ? text.toString() : text.append(' ').append(tail).toString();
  }

  private static List<String> and(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }
}
