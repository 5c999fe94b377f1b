// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.runtime.ShownText;
import java.util.List;

/**
 * The unit of an axis, one for all of it.
 *
 * @param size of it, in the model's unit
 * @param name with its prefix; may be empty
 */
record AxisUnit(double size, String name) {
  private static final List<String> PREFIXES =
      List.of("n", "µ", "m", "", "k", "M", "G", "T", "P", "E");
  private static final int NO_PREFIX = PREFIXES.indexOf("");

  /** The unit in which this value is 1 to 999. */
  static AxisUnit of(Quantity quantity, String unit, String currency, double value) {
    double size = Math.abs(value);
    return switch (quantity) {
      case ENERGY -> prefixed(size, 3_600_000, "Wh");
      case POWER -> prefixed(size, 1000, "W");
      case MASS -> size < 1e6 ? prefixed(size, 1, "g") : prefixed(size, 1e6, "t");
      case WATER -> size < 1e6 ? prefixed(size, 1000, "l") : new AxisUnit(1e6, "m³");
      case MONEY -> size < 1e6 ? new AxisUnit(1, currency) : prefixed(size, 1, currency);
      case RATIO -> new AxisUnit(0.01, "%");
      case DURATION ->
          size < 60_000
              ? new AxisUnit(1000, "s")
              : size < 3_600_000 ? new AxisUnit(60_000, "min") : new AxisUnit(3_600_000, "h");
      case INTENSITY -> new AxisUnit(1, "g/kWh");
      case BYTES -> bytes(size);
      case COUNT, NUMBER, TEXT, TIME -> new AxisUnit(1, ShownText.of(unit));
    };
  }

  private static AxisUnit prefixed(double value, double base, String unit) {
    int prefix = NO_PREFIX;
    double size = base;
    while (value >= 1000 * size && prefix < PREFIXES.size() - 1) {
      size *= 1000;
      prefix++;
    }
    while (value > 0 && value < size && prefix > 0) {
      size /= 1000;
      prefix--;
    }
    return new AxisUnit(size, PREFIXES.get(prefix) + unit);
  }

  private static AxisUnit bytes(double mebibytes) {
    List<String> units = List.of("MiB", "GiB", "TiB", "PiB", "EiB");
    double size = 1;
    int unit = 0;
    while (mebibytes >= 1000 * size && unit < units.size() - 1) {
      size *= 1024;
      unit++;
    }
    return new AxisUnit(size, units.get(unit));
  }
}
