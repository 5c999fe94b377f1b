// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dot for each row, both axes logarithmic; what a dot is of decides its shape and colour. */
final class ScatterChart {
  private static final double HEIGHT = 300;
  private static final double TOP = 24;
  private static final double FOOT = 40;
  private static final double NAMES = 120;
  private static final double RADIUS = 4;

  /** What differs in shape and colour; all further ones are others. */
  private static final int MOST_GROUPS = 6;

  private ScatterChart() {}

  static void write(Markup html, ChartData data, Chart chart, Scaled scaled, String id)
      throws IOException {
    ChartData.Series y = data.series().getFirst();
    List<Integer> drawn = new ArrayList<>();
    for (int row = 0; row < data.size(); row++) {
      if (y.has(row) && y.at(row) > 0 && data.position(row) > 0) {
        drawn.add(row);
      }
    }
    int left = data.size() - drawn.size();
    String leftOut =
        left == 0
            ? ""
            : "%d of %d have no value above 0 and are not drawn.".formatted(left, data.size());
    Canvas canvas =
        Canvas.open(
            html,
            id,
            SvgCharts.WIDTH,
            drawn.isEmpty() ? 40 : HEIGHT,
            chart.title(),
            data.description() + " Both axes are logarithmic. " + leftOut);
    if (drawn.isEmpty()) {
      canvas.quiet(0, 24, "start", leftOut);
    } else {
      draw(canvas, data, chart, scaled, drawn);
      if (left > 0) {
        canvas.quiet(SvgCharts.WIDTH, 10, "end", leftOut);
      }
    }
    canvas.close();
  }

  private static void draw(
      Canvas canvas, ChartData data, Chart chart, Scaled scaled, List<Integer> drawn)
      throws IOException {
    ChartData.Series series = data.series().getFirst();
    double[] x = drawn.stream().mapToDouble(data::position).sorted().toArray();
    double[] y = drawn.stream().mapToDouble(series::at).sorted().toArray();
    double right = SvgCharts.WIDTH - (chart.shape().isEmpty() ? 10 : NAMES);
    double left = 56;
    LogAxis up =
        new LogAxis(
            scaled.axis(series.column(), y[y.length / 2]),
            y[0],
            y[y.length - 1],
            HEIGHT - FOOT,
            TOP);
    LogAxis across =
        new LogAxis(
            scaled.axis(data.xColumn(), x[x.length / 2]), x[0], x[x.length - 1], left, right);
    for (BigDecimal tick : up.ticks()) {
      canvas.rule(left, up.at(tick), right, up.at(tick), "grid");
      canvas.quiet(left - 6, up.at(tick) + 4, "end", LogAxis.label(tick));
    }
    for (BigDecimal tick : across.ticks()) {
      canvas.rule(across.at(tick), TOP, across.at(tick), HEIGHT - FOOT, "grid");
      canvas.quiet(across.at(tick), HEIGHT - FOOT + 14, "middle", LogAxis.label(tick));
    }
    canvas.quiet(0, 10, "start", caption(series.title(), up.unit()));
    canvas.quiet(
        (left + right) / 2,
        HEIGHT - FOOT + 29,
        "middle",
        caption(data.xColumn().title(), across.unit()));
    dots(canvas, data, chart, drawn, across, up, right);
  }

  private static String caption(String title, String unit) {
    return unit.isEmpty() ? title : title + ", " + unit;
  }

  private static void dots(
      Canvas canvas,
      ChartData data,
      Chart chart,
      List<Integer> drawn,
      LogAxis across,
      LogAxis up,
      double right)
      throws IOException {
    ChartData.Series series = data.series().getFirst();
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int row : drawn) {
      String group = chart.shape().isEmpty() ? "" : data.text(row, chart.shape());
      boolean tooMany = groups.size() >= MOST_GROUPS && !groups.containsKey(group);
      groups.computeIfAbsent(tooMany ? "(others)" : group, name -> new ArrayList<>()).add(row);
    }
    double[] wished = new double[groups.size()];
    int n = 0;
    for (List<Integer> rows : groups.values()) {
      Ink ink = groups.size() == 1 ? series.ink() : Ink.other(n);
      double sum = 0;
      for (int row : rows) {
        double y = up.at(series.at(row));
        sum += y;
        canvas.shape(
            Shapes.path(n, across.at(data.position(row)), y, RADIUS),
            ink,
            "%s: %s, %s".formatted(data.name(row), data.label(row), data.shown(series, row)));
      }
      wished[n++] = sum / rows.size();
    }
    if (chart.shape().isEmpty()) {
      return;
    }
    double[] placed = Labels.apart(wished, 15, TOP, HEIGHT - FOOT);
    n = 0;
    for (String group : groups.keySet()) {
      Ink ink = groups.size() == 1 ? series.ink() : Ink.other(n);
      canvas.shape(Shapes.path(n, right + 14, placed[n], RADIUS), ink, "");
      String name = Labels.fitted(group, Canvas.FONT, NAMES - 26);
      canvas.text(right + 24, placed[n] + 4, "start", name);
      n++;
    }
  }
}
