// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/** Figures within sentences: three significant digits, energy in Wh with its prefix. */
public final class Said {
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_UP);
  private static final MathContext MODEL = new MathContext(12, RoundingMode.HALF_UP);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);
  private static final BigDecimal MILLIJOULES_PER_WH = BigDecimal.valueOf(3_600_000);
  private static final List<String> PREFIXES = List.of("", "k", "M", "G", "T", "P");

  private static final List<String> MASSES = List.of("g", "kg", "t", "kt", "Mt");
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  private Said() {}

  /** A number: {@code 7.96}, {@code 12,300}. */
  public static String number(double value) {
    return Double.isFinite(value) ? number(BigDecimal.valueOf(value)) : "-";
  }

  /** A number. */
  public static String number(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal rounded = value.round(DIGITS);
    if (rounded.abs().compareTo(THOUSAND) >= 0) {
      return String.format(
          Locale.ROOT, "%,d", value.setScale(0, RoundingMode.HALF_UP).toBigInteger());
    }
    int scale = 2 - (rounded.precision() - rounded.scale() - 1);
    return rounded.setScale(Math.max(0, scale), RoundingMode.HALF_UP).toPlainString();
  }

  /** Energy of so many mJ. */
  public static String energy(BigInteger millijoules) {
    return prefixed(new BigDecimal(millijoules).divide(MILLIJOULES_PER_WH, MODEL), "Wh");
  }

  /** Power of so many mW. */
  public static String power(long milliwatts) {
    return prefixed(BigDecimal.valueOf(milliwatts).movePointLeft(3), "W");
  }

  private static String prefixed(BigDecimal value, String unit) {
    BigDecimal scaled = value;
    int prefix = 0;
    while (prefix < PREFIXES.size() - 1 && scaled.round(DIGITS).abs().compareTo(THOUSAND) >= 0) {
      scaled = scaled.movePointLeft(3);
      prefix++;
    }
    return number(scaled) + " " + PREFIXES.get(prefix) + unit;
  }

  /** A mass of so many grams. */
  public static String mass(BigDecimal grams) {
    BigDecimal value = grams;
    int unit = 0;
    while (unit < MASSES.size() - 1 && value.round(DIGITS).abs().compareTo(THOUSAND) >= 0) {
      value = value.movePointLeft(3);
      unit++;
    }
    return number(value) + " " + MASSES.get(unit);
  }

  /** An amount of money. */
  public static String money(BigDecimal amount, String currency) {
    return amount.abs().compareTo(MILLION) >= 0
        ? number(amount.movePointLeft(6)) + " million " + currency
        : number(amount) + " " + currency;
  }

  /** A share in percent. */
  public static String percent(double ratio) {
    return number(ratio * 100) + " %";
  }

  /** A figure of the model, of 12 significant digits; it must be finite. */
  public static BigDecimal decimal(double value) {
    return new BigDecimal(
        BigDecimal.valueOf(value).round(MODEL).stripTrailingZeros().toPlainString());
  }
}
