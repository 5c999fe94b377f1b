// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A logarithmic axis, from a round value to another. */
final class LogAxis {
  private static final int[] LEADING = {1, 2, 5};

  private final AxisUnit unit;
  private final List<BigDecimal> ticks = new ArrayList<>();
  private final double from;
  private final double to;
  private final double low;
  private final double high;

  /**
   * An axis.
   *
   * @param min above 0, in the model's unit
   * @param from where its lowest tick is
   * @param to where its highest tick is
   */
  LogAxis(AxisUnit unit, double min, double max, double from, double to) {
    this.unit = unit;
    this.from = from;
    this.to = to;
    List<BigDecimal> all = new ArrayList<>();
    int first = (int) Math.floor(Math.log10(min / unit.size()));
    int last = (int) Math.ceil(Math.log10(max / unit.size()));
    for (int exponent = first; exponent <= last; exponent++) {
      for (int leading : LEADING) {
        all.add(BigDecimal.valueOf(leading).scaleByPowerOfTen(exponent));
      }
    }
    int begin = 0;
    while (begin + 1 < all.size() && value(all.get(begin + 1)) <= min * (1 + 1e-9)) {
      begin++;
    }
    int end = begin + 1;
    while (end + 1 < all.size() && value(all.get(end)) < max * (1 - 1e-9)) {
      end++;
    }
    low = Math.log(value(all.get(begin)));
    high = Math.log(value(all.get(end)));
    boolean decades = end - begin > 9;
    for (BigDecimal tick : all.subList(begin, end + 1)) {
      if (!decades || tick.unscaledValue().intValue() == 1) {
        ticks.add(tick);
      }
    }
  }

  private double value(BigDecimal tick) {
    return tick.doubleValue() * unit.size();
  }

  /** Round values in the axis' unit. */
  List<BigDecimal> ticks() {
    return ticks;
  }

  double at(BigDecimal tick) {
    return at(value(tick));
  }

  /** Where a value of the model's unit is. */
  double at(double value) {
    return from + (Math.log(value) - low) / (high - low) * (to - from);
  }

  String unit() {
    return unit.name();
  }

  static String label(BigDecimal tick) {
    return tick.scale() > 4 || tick.precision() - tick.scale() > 7
        ? "10" + Scaled.superscript(tick.precision() - tick.scale() - 1)
        : Scaled.digits(tick);
  }
}
