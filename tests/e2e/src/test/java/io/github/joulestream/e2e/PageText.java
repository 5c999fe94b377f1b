// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/**
 * Figures as the page has to write them: three significant digits, and a prefix that keeps 1 to
 * 999.
 */
final class PageText {
  /** A thin space. */
  static final String THIN = "\u2009";

  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_UP);

  private PageText() {}

  static String power(long milliwatts) {
    return scaled(milliwatts, 1, List.of("mW", "W", "kW", "MW", "GW"));
  }

  /** Energy, mJ, in watt hours. */
  static String energy(long millijoules) {
    return scaled(millijoules, 3600, List.of("mWh", "Wh", "kWh", "MWh", "GWh"));
  }

  private static String scaled(long amount, long first, List<String> units) {
    if (amount == 0) {
      return "0" + THIN + units.get(1);
    }
    // as a double: the page has no other numbers
    BigDecimal value = new BigDecimal((double) amount / first);
    int unit = 0;
    BigDecimal thousand = BigDecimal.valueOf(1000);
    while (unit < units.size() - 1 && value.round(DIGITS).compareTo(thousand) >= 0) {
      unit++;
      value = new BigDecimal(amount / (first * Math.pow(1000, unit)));
    }
    BigDecimal rounded = value.round(DIGITS);
    int whole = rounded.precision() - rounded.scale();
    return value.setScale(Math.max(0, 3 - whole), RoundingMode.HALF_UP).toPlainString()
        + THIN
        + units.get(unit);
  }
}
