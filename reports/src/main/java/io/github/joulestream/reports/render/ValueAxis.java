// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.math.BigDecimal;

/** An axis of values: round ticks in one unit, and where a value is. */
final class ValueAxis {
  private final AxisUnit unit;
  private final Ticks ticks;
  private final double from;
  private final double to;

  /**
   * An axis.
   *
   * @param from where its lowest tick is
   * @param to where its highest tick is
   */
  ValueAxis(AxisUnit unit, double min, double max, int steps, double from, double to) {
    this.unit = unit;
    this.ticks = Ticks.over(min / unit.size(), max / unit.size(), steps);
    this.from = from;
    this.to = to;
  }

  /** Where a value of the model's unit is. */
  double at(double value) {
    double share = (value / unit.size() - ticks.min()) / (ticks.max() - ticks.min());
    return from + share * (to - from);
  }

  double zero() {
    return at(0);
  }

  String unit() {
    return unit.name();
  }

  /** Draws grid and labels of an axis that goes up. */
  void drawUp(Canvas canvas, double left, double right) throws IOException {
    for (BigDecimal tick : ticks.values()) {
      double y = at(tick.doubleValue() * unit.size());
      canvas.rule(left, y, right, y, tick.signum() == 0 ? "axis" : "grid");
      canvas.quiet(left - 6, y + 4, "end", ticks.label(tick));
    }
  }

  /** Space that the labels need at the left. */
  double labelWidth() {
    double width = 0;
    for (BigDecimal tick : ticks.values()) {
      width = Math.max(width, Labels.width(ticks.label(tick), Canvas.FONT));
    }
    return width;
  }
}
