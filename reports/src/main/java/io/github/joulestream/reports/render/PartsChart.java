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
      Ink ink = data.series().get(i).ink();
      double width = Labels.width(words[i], Canvas.FONT);
      double x = Math.min(begin[i], SvgCharts.WIDTH - 1) + 0.5;
      double y = TOP + BAR + GAP + (rows[i] + 1) * LINE - 4;
      canvas.area(begin[i], TOP, length[i], BAR, ink, words[i]);
      if (fits(begin[i], width)) {
        canvas.rule(x, TOP + BAR, x, y + 2, "axis");
        canvas.text(x + 5, y, "start", words[i]);
      } else {
        // fonts of screens may be wider
        double left = Math.max(16, SvgCharts.WIDTH - 1.15 * width - 8);
        canvas.area(left - 15, y - 9, 11, 9, ink, "");
        canvas.text(left, y, "start", words[i]);
      }
    }
    canvas.close();
  }

  private static boolean fits(double begin, double width) {
    return begin + width + 6 <= SvgCharts.WIDTH;
  }

  /**
   * The line of each name below the bar. Those that begin at their part are placed from the right,
   * so that no stem crosses a name: what a stem passes begins to the right of it. Below them are
   * those that have not enough space beside their part; they have a piece of it instead of a stem.
   */
  private static int[] rows(double[] begin, String[] words) {
    int[] rows = new int[begin.length];
    List<Double> free = new ArrayList<>();
    for (int i = begin.length - 1; i >= 0; i--) {
      double width = Labels.width(words[i], Canvas.FONT);
      if (!fits(begin[i], width)) {
        continue;
      }
      int row = 0;
      while (row < free.size() && free.get(row) < begin[i] + width + 12) {
        row++;
      }
      if (row == free.size()) {
        free.add(0.0);
      }
      free.set(row, begin[i]);
      rows[i] = row;
    }
    int next = free.size();
    for (int i = 0; i < begin.length; i++) {
      if (!fits(begin[i], Labels.width(words[i], Canvas.FONT))) {
        rows[i] = next++;
      }
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
