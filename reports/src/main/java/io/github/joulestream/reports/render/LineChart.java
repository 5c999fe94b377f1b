// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.stream.IntStream;

/** A line for each series, named at its end; where a value is not known, the line is broken. */
final class LineChart {
  private static final double HEIGHT = 200;
  private static final double TOP = 22;
  private static final double FOOT = 22;

  private final Canvas canvas;
  private final ChartData data;
  private final ValueAxis axis;
  private final double left;
  private final double right;

  private LineChart(Canvas canvas, ChartData data, ValueAxis axis, double left, double right) {
    this.canvas = canvas;
    this.data = data;
    this.axis = axis;
    this.left = left;
    this.right = right;
  }

  static void write(Markup html, ChartData data, Scaled scaled, String title, String id)
      throws IOException {
    Canvas canvas = Canvas.open(html, id, SvgCharts.WIDTH, HEIGHT, title, data.description());
    double names = 0;
    for (ChartData.Series one : data.series()) {
      String name = Labels.fitted(one.title(), Canvas.FONT, 120);
      names = Math.max(names, Labels.width(name, Canvas.FONT) + 12);
    }
    double min = data.min(false);
    double max = data.max(false);
    AxisUnit unit = scaled.axis(data.series().getFirst().column(), Math.max(max, -min));
    ValueAxis axis = new ValueAxis(unit, min, max, 4, HEIGHT - FOOT, TOP);
    double left = axis.labelWidth() + 10;
    double right = SvgCharts.WIDTH - names;
    axis.drawUp(canvas, left, right);
    canvas.quiet(0, 10, "start", axis.unit());
    new LineChart(canvas, data, axis, left, right).draw();
    canvas.close();
  }

  private void draw() throws IOException {
    double[] x = positions();
    boolean numbers = data.hasPositions() && data.xColumn().quantity() != Quantity.TIME;
    if (numbers && data.size() > 1) {
      numberLabels();
    } else {
      rowLabels(x);
    }
    double[] ends = new double[data.series().size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = line(data.series().get(i), x);
    }
    double[] placed = Labels.apart(ends, 13, TOP, HEIGHT - FOOT);
    for (int i = 0; i < ends.length; i++) {
      String name = Labels.fitted(data.series().get(i).title(), Canvas.FONT, 120);
      canvas.text(right + 8, placed[i] + 4, "start", name);
    }
  }

  /** Where the rows are: by time or number if they have one, else one after another. */
  private double[] positions() {
    double[] x = new double[data.size()];
    boolean placed = data.hasPositions();
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < x.length; row++) {
      double at = placed ? data.position(row) : row;
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
    for (int row = 0; row < x.length; row++) {
      double at = placed ? data.position(row) : row;
      x[row] =
          last > first ? left + (at - first) / (last - first) * (right - left) : (left + right) / 2;
    }
    return x;
  }

  private double line(ChartData.Series one, double[] x) throws IOException {
    StringBuilder path = new StringBuilder();
    double end = axis.zero();
    boolean drawn = false;
    for (int row = 0; row < x.length; row++) {
      if (!one.has(row)) {
        drawn = false;
        continue;
      }
      end = axis.at(one.at(row));
      boolean alone = !drawn && (row + 1 == x.length || !one.has(row + 1));
      if (alone) {
        canvas.shape(Shapes.path(0, x[row], end, 2), one.ink(), tooltip(one, row));
      } else {
        path.append(drawn ? 'L' : 'M')
            .append(Canvas.number(x[row]))
            .append(' ')
            .append(Canvas.number(end));
      }
      drawn = true;
    }
    if (!path.isEmpty()) {
      canvas.line(path.toString(), one.ink());
    }
    return end;
  }

  private String tooltip(ChartData.Series one, int row) {
    return data.label(row) + ", " + one.title() + ": " + data.shown(one, row);
  }

  private void rowLabels(double[] x) throws IOException {
    double free = Double.NEGATIVE_INFINITY;
    int days = (int) IntStream.range(0, x.length).filter(data::isDay).count();
    for (int row = 0; row < x.length; row++) {
      if (days > 2 && !data.isDay(row)) {
        continue;
      }
      String label = Labels.fitted(data.label(row), Canvas.FONT, 110);
      double half = Labels.width(label, Canvas.FONT) / 2;
      double at = Math.max(half, Math.min(x[row], right));
      if (at - half >= free) {
        canvas.quiet(at, HEIGHT - 6, "middle", label);
        free = at + half + 14;
      }
    }
  }

  private void numberLabels() throws IOException {
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < data.size(); row++) {
      first = Math.min(first, data.position(row));
      last = Math.max(last, data.position(row));
    }
    Ticks ticks = Ticks.over(first, last, 6);
    for (BigDecimal tick : ticks.values()) {
      double value = tick.doubleValue();
      if (value >= first && value <= last && last > first) {
        double at = left + (value - first) / (last - first) * (right - left);
        canvas.quiet(at, HEIGHT - 6, "middle", ticks.label(tick));
      }
    }
  }
}
