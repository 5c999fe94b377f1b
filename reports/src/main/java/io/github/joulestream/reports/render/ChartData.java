// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.ShownText;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of a table is drawn; a value that is not known is NaN. */
final class ChartData {
  /** More rows than this make no difference to the eye; of them every n-th is drawn. */
  private static final int MOST_ROWS = 2000;

  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  /** A column that is drawn. */
  static final class Series {
    private final Column column;
    private final Ink ink;
    // of the rows, in the model's unit
    private final double[] values;

    /** Takes the array as it is. */
    Series(Column column, Ink ink, double[] values) {
      this.column = column;
      this.ink = ink;
      this.values = values;
    }

    /** Of the table. */
    Column column() {
      return column;
    }

    /** How it looks. */
    Ink ink() {
      return ink;
    }

    String title() {
      return column.title();
    }

    double at(int row) {
      return values[row];
    }

    /** Whether a value is known. */
    boolean has(int row) {
      return !Double.isNaN(values[row]);
    }
  }

  private final Table table;
  private final Chart chart;
  private final Scaled scaled;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();
  private final List<Series> series = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final double[] positions;

  ChartData(Chart chart, Table table, Scaled scaled, int mostRows) {
    this.table = table;
    this.chart = chart;
    this.scaled = scaled;
    int all =
        mostRows == Table.ALL_ROWS ? table.rows().size() : Math.min(mostRows, table.rows().size());
    int stride = Math.max(1, Math.ceilDiv(all, MOST_ROWS));
    for (int row = 0; row < all; row += stride) {
      rows.add(table.rows().get(row));
    }
    List<Ink> inks = Ink.of(chart.series());
    for (int i = 0; i < chart.series().size(); i++) {
      int column = table.indexOf(chart.series().get(i).column());
      double[] values = new double[rows.size()];
      for (int row = 0; row < rows.size(); row++) {
        values[row] = number(rows.get(row).get(column));
      }
      series.add(new Series(table.columns().get(column), inks.get(i), values));
    }
    int x = table.indexOf(chart.x());
    positions = new double[rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      Object value = rows.get(row).get(x);
      labels.add(scaled.of(table.columns().get(x), value).text());
      positions[row] = number(value);
    }
    shorten(labels);
  }

  private static double number(@Nullable Object value) {
    double number =
        switch (value) {
          case BigDecimal decimal -> decimal.doubleValue();
          case Instant time -> time.toEpochMilli();
          case null, default -> Double.NaN;
        };
    return Double.isFinite(number) ? number : Double.NaN;
  }

  /** Days of one year are shown without it. */
  private static void shorten(List<String> labels) {
    boolean days =
        labels.size() > 1
            && labels.stream().allMatch(label -> DAY.matcher(label).matches())
            && labels.getFirst().substring(0, 4).equals(labels.getLast().substring(0, 4));
    if (days) {
      labels.replaceAll(label -> label.substring(5));
    }
  }

  int size() {
    return rows.size();
  }

  List<Series> series() {
    return series;
  }

  String label(int row) {
    return labels.get(row);
  }

  Column xColumn() {
    return table.columns().get(table.indexOf(chart.x()));
  }

  /** Time or number of a row along the horizontal axis. */
  double position(int row) {
    return positions[row];
  }

  /** Whether the horizontal axis is of times or numbers, and all are known. */
  boolean hasPositions() {
    if (xColumn().quantity() == Quantity.TEXT) {
      return false;
    }
    for (double position : positions) {
      if (Double.isNaN(position)) {
        return false;
      }
    }
    return true;
  }

  /** The text of a row in this column. */
  String text(int row, String column) {
    return ShownText.of(Objects.toString(rows.get(row).get(table.indexOf(column)), "(unknown)"));
  }

  /** The first text of a row, which says what it is of. */
  String name(int row) {
    for (int i = 0; i < table.columns().size(); i++) {
      if (table.columns().get(i).quantity() == Quantity.TEXT) {
        return ShownText.of(Objects.toString(rows.get(row).get(i), "(unknown)"));
      }
    }
    return labels.get(row);
  }

  /** A value of a series with its unit. */
  String shown(Series of, int row) {
    return of.has(row) ? shown(of, of.at(row)) : Shown.UNKNOWN.text();
  }

  /** A value in the unit of a series. */
  String shown(Series of, double value) {
    return scaled.of(of.column(), BigDecimal.valueOf(value)).text();
  }

  /** Whether a row is of the start of a day, and its name is that day. */
  boolean isDay(int row) {
    return DAY.matcher(labels.get(row)).matches();
  }

  /** Whether a value of any series is known in this row. */
  boolean isKnown(int row) {
    return series.stream().anyMatch(one -> one.has(row));
  }

  /** The largest value of any series, or of the sum of a row's positive ones. */
  double max(boolean stacked) {
    double max = 0;
    for (int row = 0; row < rows.size(); row++) {
      double sum = 0;
      for (Series one : series) {
        if (one.has(row) && one.at(row) > 0) {
          sum = stacked ? sum + one.at(row) : Math.max(sum, one.at(row));
        }
      }
      max = Math.max(max, sum);
    }
    return max;
  }

  /** The smallest value of any series, or of the sum of a row's negative ones; at most 0. */
  double min(boolean stacked) {
    double min = 0;
    for (int row = 0; row < rows.size(); row++) {
      double sum = 0;
      for (Series one : series) {
        if (one.has(row) && one.at(row) < 0) {
          sum = stacked ? sum + one.at(row) : Math.min(sum, one.at(row));
        }
      }
      min = Math.min(min, sum);
    }
    return min;
  }

  /** What is drawn, in words, for those who do not see it. */
  String description() {
    StringBuilder words = new StringBuilder();
    words.append(
        String.format(
            Locale.ROOT,
            "%d %s by %s.",
            rows.size(),
            rows.size() == 1 ? "row" : "rows",
            ShownText.of(xColumn().title())));
    if (rows.size() < table.rows().size()) {
      words.append(String.format(Locale.ROOT, " The table has %d.", table.rows().size()));
    }
    for (Series one : series) {
      int low = -1;
      int high = -1;
      int unknown = 0;
      for (int row = 0; row < rows.size(); row++) {
        if (!one.has(row)) {
          unknown++;
          continue;
        }
        low = low < 0 || one.at(row) < one.at(low) ? row : low;
        high = high < 0 || one.at(row) > one.at(high) ? row : high;
      }
      words.append(' ').append(ShownText.of(one.title())).append(": ");
      if (high < 0) {
        words.append("not known.");
        continue;
      }
      words
          .append(shown(one, low))
          .append(" to ")
          .append(shown(one, high))
          .append(unknown == 0 ? "." : ", " + unknown + " not known.");
    }
    return words.toString();
  }
}
