// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;

/**
 * Charts as SVG: labelled at what they show, bars from zero, gaps where a value is not known. Each
 * has a title, and a description with the figures that are seen at a glance.
 */
final class SvgCharts {
  /** As wide as the text of an A4 page, at 96 pixels an inch. */
  static final double WIDTH = 680;

  /** Bars that are drawn one below another; more do not fit on half a page. */
  private static final int MOST_BARS = 25;

  private SvgCharts() {}

  /**
   * Draws a chart of a table.
   *
   * @param id of the picture, from which those of its title and description are made
   */
  static void write(Markup html, Chart chart, Table table, Scaled scaled, String id)
      throws IOException {
    int rows =
        switch (chart.form()) {
          case PARTS -> 1;
          case BARS -> Math.min(MOST_BARS, table.shownRows());
          default -> Table.ALL_ROWS;
        };
    ChartData data = new ChartData(chart, table, scaled, rows);
    boolean empty = true;
    for (int row = 0; row < data.size() && empty; row++) {
      empty = !data.isKnown(row);
    }
    if (empty) {
      Canvas canvas = Canvas.open(html, id, WIDTH, 40, chart.title(), data.description());
      canvas.quiet(0, 24, "start", "No figure is known.");
      canvas.close();
      return;
    }
    switch (chart.form()) {
      case PARTS -> PartsChart.write(html, data, chart.title(), id);
      case COLUMNS -> ColumnChart.write(html, data, scaled, chart.title(), id);
      case BARS -> BarChart.write(html, data, chart.title(), id);
      case LINES -> LineChart.write(html, data, scaled, chart.title(), id);
      case SCATTER -> ScatterChart.write(html, data, chart, scaled, id);
      case SMALL_MULTIPLES -> ColumnChart.writeMultiples(html, data, scaled, chart.title(), id);
    }
  }
}
