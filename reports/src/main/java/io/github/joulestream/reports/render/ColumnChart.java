// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.util.List;

/** Columns from zero, one a row: stacked, or a small chart for each series on one scale. */
final class ColumnChart {
  private static final double HEIGHT = 150;
  private static final double TOP = 22;
  private static final double FOOT = 22;
  private static final int IN_A_ROW = 3;
  private static final double SMALL = 110;

  private ColumnChart() {}

  static void write(Markup html, ChartData data, Scaled scaled, String title, String id)
      throws IOException {
    Canvas canvas = Canvas.open(html, id, SvgCharts.WIDTH, HEIGHT, title, data.description());
    double names = data.series().size() > 1 ? names(data) : 8;
    double min = data.min(true);
    double max = data.max(true);
    AxisUnit unit = scaled.axis(data.series().getFirst().column(), Math.max(max, -min));
    ValueAxis axis = new ValueAxis(unit, min, max, 4, HEIGHT - FOOT, TOP);
    double left = axis.labelWidth() + 10;
    double right = SvgCharts.WIDTH - names;
    axis.drawUp(canvas, left, right);
    String caption =
        data.series().size() == 1
            ? caption(data.series().getFirst().title(), axis.unit())
            : axis.unit();
    canvas.quiet(0, 10, "start", caption);
    columns(canvas, data, data.series(), axis, left, right);
    xLabels(canvas, data, left, right, HEIGHT - 6);
    if (data.series().size() > 1) {
      nameSeries(canvas, data, axis, right);
    }
    canvas.close();
  }

  /** A small chart for each series, all on one scale. */
  static void writeMultiples(Markup html, ChartData data, Scaled scaled, String title, String id)
      throws IOException {
    int count = data.series().size();
    int lines = Math.ceilDiv(count, IN_A_ROW);
    Canvas canvas =
        Canvas.open(html, id, SvgCharts.WIDTH, lines * (SMALL + 8), title, data.description());
    double min = data.min(false);
    double max = data.max(false);
    AxisUnit unit = scaled.axis(data.series().getFirst().column(), Math.max(max, -min));
    double space = SvgCharts.WIDTH / IN_A_ROW;
    for (int i = 0; i < count; i++) {
      double top = Math.floorDiv(i, IN_A_ROW) * (SMALL + 8);
      ValueAxis axis = new ValueAxis(unit, min, max, 2, top + SMALL - FOOT, top + TOP);
      double x = i % IN_A_ROW * space;
      double left = x + axis.labelWidth() + 10;
      double right = x + space - 16;
      ChartData.Series one = data.series().get(i);
      axis.drawUp(canvas, left, right);
      canvas.text(
          left,
          top + 11,
          "start",
          Labels.fitted(caption(one.title(), axis.unit()), Canvas.FONT, right - left));
      columns(canvas, data, List.of(one), axis, left, right);
      xLabels(canvas, data, left, right, top + SMALL - 6);
    }
    canvas.close();
  }

  private static String caption(String title, String unit) {
    return unit.isEmpty() ? title : title + ", " + unit;
  }

  private static void columns(
      Canvas canvas,
      ChartData data,
      List<ChartData.Series> series,
      ValueAxis axis,
      double left,
      double right)
      throws IOException {
    double step = (right - left) / data.size();
    double wide = Math.min(60, step > 6 ? step * 0.72 : step * 0.9);
    for (int row = 0; row < data.size(); row++) {
      double x = left + (row + 0.5) * step - wide / 2;
      double up = 0;
      double down = 0;
      boolean known = false;
      for (ChartData.Series one : series) {
        if (!one.has(row)) {
          continue;
        }
        known = true;
        boolean below = one.at(row) < 0;
        double base = below ? down : up;
        double top = base + one.at(row);
        double y = Math.min(axis.at(base), axis.at(top));
        canvas.area(
            x,
            y,
            wide,
            Math.abs(axis.at(top) - axis.at(base)),
            one.ink(),
            data.label(row) + ", " + one.title() + ": " + data.shown(one, row));
        up = below ? up : top;
        down = below ? top : down;
      }
      if (!known && step > 5) {
        canvas.quiet(x + wide / 2, axis.zero() - 3, "middle", Shown.UNKNOWN.text());
      }
    }
  }

  /** Names of rows below the axis, as many as have space. */
  private static void xLabels(Canvas canvas, ChartData data, double left, double right, double y)
      throws IOException {
    double step = (right - left) / data.size();
    double widest = 0;
    for (int row = 0; row < data.size(); row++) {
      widest = Math.max(widest, Labels.width(data.label(row), Canvas.FONT));
    }
    double space = Math.min(widest + 10, Math.max(70, step));
    int every = Math.max(1, (int) Math.ceil(space / step));
    for (int row = 0; row < data.size(); row += every) {
      String label = Labels.fitted(data.label(row), Canvas.FONT, Math.max(space, step) - 4);
      double half = Labels.width(label, Canvas.FONT) / 2;
      double x = left + (row + 0.5) * step;
      canvas.quiet(Math.max(half, Math.min(x, right - half + 8)), y, "middle", label);
    }
  }

  private static double names(ChartData data) {
    double widest = 0;
    for (ChartData.Series one : data.series()) {
      widest =
          Math.max(widest, Labels.width(Labels.fitted(one.title(), Canvas.FONT, 120), Canvas.FONT));
    }
    return widest + 26;
  }

  /** Names of the series beside their parts of the last column, with a piece of each. */
  private static void nameSeries(Canvas canvas, ChartData data, ValueAxis axis, double right)
      throws IOException {
    int last = data.size() - 1;
    while (last > 0 && !data.isKnown(last)) {
      last--;
    }
    double[] wished = new double[data.series().size()];
    double up = 0;
    for (int i = 0; i < wished.length; i++) {
      ChartData.Series one = data.series().get(i);
      double value = one.has(last) ? one.at(last) : 0;
      wished[i] = axis.at(value < 0 ? value / 2 : up + value / 2);
      up += Math.max(0, value);
    }
    double[] placed = Labels.apart(wished, 15, TOP, HEIGHT - FOOT);
    for (int i = 0; i < wished.length; i++) {
      ChartData.Series one = data.series().get(i);
      canvas.area(right + 6, placed[i] - 5, 10, 9, one.ink(), "");
      canvas.text(right + 20, placed[i] + 4, "start", Labels.fitted(one.title(), Canvas.FONT, 120));
    }
  }
}
