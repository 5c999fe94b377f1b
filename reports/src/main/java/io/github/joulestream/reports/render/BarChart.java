// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.util.List;

/** Horizontal bars, one a row, each with its name before it and its amount behind it. */
final class BarChart {
  private static final double STEP = 20;
  private static final double THICK = 13;
  private static final double LABELS = 190;
  private static final double AMOUNTS = 84;

  private BarChart() {}

  static void write(Markup html, ChartData data, String title, String id) throws IOException {
    List<ChartData.Series> series = data.series();
    double labels = 0;
    for (int row = 0; row < data.size(); row++) {
      labels = Math.max(labels, Labels.width(data.label(row), Canvas.FONT));
    }
    double left = Math.min(LABELS, labels + 4) + 8;
    double right = SvgCharts.WIDTH - AMOUNTS;
    double min = data.min(true);
    double max = data.max(true);
    double length = max - min > 0 ? max - min : 1;
    double zero = left + -min / length * (right - left);
    double top = series.size() > 1 ? header(data) : 2;
    double height = top + data.size() * STEP + 2;
    Canvas canvas = Canvas.open(html, id, SvgCharts.WIDTH, height, title, data.description());
    if (series.size() > 1) {
      drawHeader(canvas, data, left, top);
    }
    canvas.rule(zero, top - 1, zero, height - 2, "axis");
    for (int row = 0; row < data.size(); row++) {
      double y = top + row * STEP + (STEP - THICK) / 2;
      double up = zero;
      double down = zero;
      double sum = 0;
      for (ChartData.Series one : series) {
        double wide = one.has(row) ? Math.abs(one.at(row)) / length * (right - left) : 0;
        boolean below = one.has(row) && one.at(row) < 0;
        String amount = data.shown(one, row);
        canvas.area(
            below ? down - wide : up,
            y,
            wide,
            THICK,
            one.ink(),
            data.label(row) + ", " + one.title() + ": " + amount);
        up += below ? 0 : wide;
        down -= below ? wide : 0;
        sum += one.has(row) ? one.at(row) : 0;
      }
      canvas.text(
          left - 8, y + THICK - 3, "end", Labels.fitted(data.label(row), Canvas.FONT, LABELS));
      canvas.quiet(
          up + 6,
          y + THICK - 3,
          "start",
          data.isKnown(row) ? data.shown(series.getFirst(), sum) : Shown.UNKNOWN.text());
    }
    canvas.close();
  }

  /** Height of the line that names the series. */
  private static double header(ChartData data) {
    return data.size() == 0 ? 2 : 24;
  }

  /** Names of the series with a piece of each, above the first bar. */
  private static void drawHeader(Canvas canvas, ChartData data, double left, double top)
      throws IOException {
    double x = left;
    for (ChartData.Series one : data.series()) {
      String name = Labels.fitted(one.title(), Canvas.FONT, 150);
      canvas.area(x, top - 18, 12, 9, one.ink(), "");
      canvas.text(x + 16, top - 10, "start", name);
      x += 16 + Labels.width(name, Canvas.FONT) + 18;
    }
  }
}
