// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Power and energy as people write them: {@code 1.2MW}, {@code 30MWh}, {@code 1.1 GJ}. */
final class Amounts {
  private static final BigDecimal MOST = BigDecimal.valueOf(1L << 60);
  private static final Pattern FORM = Pattern.compile("([+-]?\\d+(?:\\.\\d+)?)\\s*([A-Za-z]+)");

  private static final Pattern PLAIN = Pattern.compile("[+-]?[\\d_,.]+");

  /** In mW, the smallest first. */
  private static final Map<String, BigDecimal> POWER = units("W", 1_000L);

  /** In mJ, the smallest first. */
  private static final Map<String, BigDecimal> ENERGY = units("Wh", 3_600_000L);

  private static final Map<String, BigDecimal> JOULES = units("J", 1_000L);

  private Amounts() {}

  private static Map<String, BigDecimal> units(String unit, long size) {
    Map<String, BigDecimal> units = new LinkedHashMap<>();
    BigDecimal factor = BigDecimal.valueOf(size);
    for (String prefix : new String[] {"", "k", "M", "G"}) {
      units.put(prefix + unit, factor);
      factor = factor.movePointRight(3);
    }
    return units;
  }

  /** The milliwatts of a power. */
  static long milliwatts(String text) {
    return parse(text, POWER, "a power such as 900kW or 1.2MW; the units are W, kW, MW, GW");
  }

  /** The millijoules of an energy. */
  static long millijoules(String text) {
    Map<String, BigDecimal> units = new LinkedHashMap<>(ENERGY);
    units.putAll(JOULES);
    return parse(
        text,
        units,
        "an energy such as 30MWh or 1.1GJ; the units are Wh, kWh, MWh, GWh, J, kJ, MJ, GJ");
  }

  private static long parse(String text, Map<String, BigDecimal> units, String what) {
    if (PLAIN.matcher(text.strip()).matches()) {
      throw new IllegalArgumentException("'%s' has no unit; write %s".formatted(text, what));
    }
    Matcher matcher = FORM.matcher(text.strip());
    BigDecimal unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("'%s' is not %s".formatted(text, what));
    }
    BigDecimal amount =
        new BigDecimal(matcher.group(1)).multiply(unit).setScale(0, RoundingMode.HALF_UP);
    if (amount.signum() <= 0) {
      throw new IllegalArgumentException("'%s' must be over 0".formatted(text));
    }
    if (amount.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("'%s' is too much".formatted(text));
    }
    return amount.longValueExact();
  }

  /**
   * A power in the largest unit of which it is at least one, with all its digits: a limit, not a
   * measurement.
   */
  static String power(long milliwatts) {
    return text(milliwatts, POWER);
  }

  /** An energy likewise, in watt-hours where these are exact, else in joules. */
  static String energy(long millijoules) {
    return millijoules % 3_600 == 0 ? text(millijoules, ENERGY) : text(millijoules, JOULES);
  }

  private static String text(long amount, Map<String, BigDecimal> units) {
    String best = "";
    BigDecimal unit = BigDecimal.ONE;
    for (Map.Entry<String, BigDecimal> candidate : units.entrySet()) {
      if (best.isEmpty() || BigDecimal.valueOf(amount).compareTo(candidate.getValue()) >= 0) {
        best = candidate.getKey();
        unit = candidate.getValue();
      }
    }
    return BigDecimal.valueOf(amount).divide(unit).stripTrailingZeros().toPlainString()
        + " "
        + best;
  }
}
