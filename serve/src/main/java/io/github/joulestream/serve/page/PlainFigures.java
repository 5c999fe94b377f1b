// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Figures as people read them: three significant digits, the prefix that keeps 1 to 999, a thin
 * space before the unit. The page's format.js writes them so, too.
 */
final class PlainFigures {
  private static final char THIN_SPACE = '\u2009';
  private static final long MILLIJOULES_PER_WATT_HOUR = 3_600_000;
  private static final String[] PREFIXES = {"m", "", "k", "M", "G", "T", "P"};
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_UP);

  private PlainFigures() {}

  /** Power, mW. */
  static String power(long milliwatts) {
    return scaled(BigDecimal.valueOf(milliwatts), "W");
  }

  /** Energy, mJ, in Wh. */
  static String energy(long millijoules) {
    BigDecimal milliwattHours =
        BigDecimal.valueOf(millijoules)
            .multiply(THOUSAND)
            .divide(BigDecimal.valueOf(MILLIJOULES_PER_WATT_HOUR), MathContext.DECIMAL128);
    return scaled(milliwattHours, "Wh");
  }

  private static String scaled(BigDecimal thousandths, String unit) {
    if (thousandths.signum() == 0) {
      return "0" + THIN_SPACE + unit;
    }
    BigDecimal value = thousandths.round(DIGITS);
    int prefix = 0;
    while (value.abs().compareTo(THOUSAND) >= 0 && prefix < PREFIXES.length - 1) {
      value = value.movePointLeft(3);
      prefix++;
    }
    int whole = value.precision() - value.scale();
    String number =
        value.setScale(Math.max(0, 3 - Math.max(1, whole)), RoundingMode.HALF_UP).toPlainString();
    return number.replace('-', '\u2212') + THIN_SPACE + PREFIXES[prefix] + unit;
  }
}
