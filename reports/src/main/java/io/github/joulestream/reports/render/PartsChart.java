// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One bar of the parts of a whole, each with its amount and share. */
final class PartsChart {
  private static final double BAR = 34;
  private static final double LINE = 15;
  private static final double GAP = 4;
  private static final double TOP = 4;

  private PartsChart() {}

  static void write(Markup html, ChartData data, String title, String id) throws IOException {
    int count = data.series().size();
    double whole = data.max(true);
    double[] begin = new double[count];
    double[] length = new double[count];
    String[] words = new String[count];
    double at = 0;
    for (int i = 0; i < count; i++) {
      ChartData.Series part = data.series().get(i);
      double value = part.has(0) ? Math.max(0, part.at(0)) : 0;
      begin[i] = at;
      length[i] = whole > 0 ? value / whole * SvgCharts.WIDTH : 0;
      at += length[i];
      words[i] = words(data, part, whole);
    }
    int[] rows = rows(begin, words);
    int deepest = Arrays.stream(rows).max().orElse(0);
    double height = TOP + BAR + GAP + (deepest + 1) * LINE + 2;
    Canvas canvas = Canvas.open(html, id, SvgCharts.WIDTH, height, title, data.description());
    for (int i = 0; i < count; i++) {
      double x = Math.min(begin[i], SvgCharts.WIDTH - 1) + 0.5;
      double y = TOP + BAR + GAP + (rows[i] + 1) * LINE - 4;
      canvas.rule(x, TOP + BAR, x, y + 2, "axis");
      canvas.area(begin[i], TOP, length[i], BAR, data.series().get(i).ink(), words[i]);
      boolean fits = x + 5 + Labels.width(words[i], Canvas.FONT) <= SvgCharts.WIDTH;
      canvas.text(fits ? x + 5 : x - 5, y, fits ? "start" : "end", words[i]);
    }
    canvas.close();
  }

  /**
   * The line of each name below the bar. They are placed from the right, so that no stem crosses a
   * name: what a stem passes begins to the right of it. One that ends at the right edge has a line
   * of its own.
   */
  private static int[] rows(double[] begin, String[] words) {
    int[] rows = new int[begin.length];
    List<Double> free = new ArrayList<>();
    for (int i = begin.length - 1; i >= 0; i--) {
      double width = Labels.width(words[i], Canvas.FONT) + 12;
      boolean fits = begin[i] + width <= SvgCharts.WIDTH + 6;
      int row = 0;
      while (row < free.size() && free.get(row) < (fits ? begin[i] + width : Double.MAX_VALUE)) {
        row++;
      }
      if (row == free.size()) {
        free.add(Double.MAX_VALUE);
      }
      free.set(row, fits ? begin[i] : begin[i] - width);
      rows[i] = row;
    }
    return rows;
  }

  private static String words(ChartData data, ChartData.Series part, double whole) {
    String words = Labels.fitted(part.title(), Canvas.FONT, 180) + " " + data.shown(part, 0);
    if (part.has(0) && part.at(0) < 0) {
      return words + ", below 0, not drawn";
    }
    if (!part.has(0) || whole == 0) {
      return words;
    }
    Shown share =
        new Scaled("", ZoneOffset.UTC)
            .of(Quantity.RATIO, "", BigDecimal.valueOf(part.at(0) / whole));
    return words + ", " + share.text();
  }
}
