// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/** Figures within sentences that {@link Said} does not have. */
public final class Words {
  private static final String[] PREFIXES = {"", "k", "M", "G"};
  private static final double KILO = 1_000;
  private static final double MINUTE_MILLIS = 60_000;
  private static final long HOUR_MINUTES = 60;

  private Words() {}

  /** Energy, of mJ: {@code 4.12 kWh}. */
  public static String energy(double millijoules) {
    BigInteger whole =
        BigDecimal.valueOf(millijoules).setScale(0, RoundingMode.HALF_UP).toBigInteger();
    return Said.energy(whole);
  }

  /** Power, of mW: {@code 812 kW}. */
  public static String power(double milliwatts) {
    double scaled = milliwatts / KILO;
    int prefix = 0;
    while (Math.abs(scaled) >= KILO && prefix < PREFIXES.length - 1) {
      scaled /= KILO;
      prefix++;
    }
    return Said.number(scaled) + " " + PREFIXES[prefix] + "W";
  }

  /** Mass, of g: {@code 4.12 kg}. */
  public static String mass(double grams) {
    double kilograms = grams / KILO;
    return Math.abs(kilograms) >= KILO
        ? Said.number(kilograms / KILO) + " t"
        : Said.number(kilograms) + " kg";
  }

  /** Money: {@code 12.35 EUR}. */
  public static String money(double value, String currency) {
    return String.format(Locale.ROOT, "%,.2f %s", value, currency);
  }

  /** A length of time: {@code 2 h 15 min}. */
  public static String time(double millis) {
    long minutes = Math.round(millis / MINUTE_MILLIS);
    long hours = minutes / HOUR_MINUTES;
    long rest = minutes % HOUR_MINUTES;
    if (hours == 0) {
      return rest + " min";
    }
    return rest == 0
        ? String.format(Locale.ROOT, "%,d h", hours)
        : String.format(Locale.ROOT, "%,d h %d min", hours, rest);
  }

  /** Things, counted: {@code 1 job}, {@code 1,200 jobs}. */
  public static String count(long count, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", count, thing, count == 1 ? "" : "s");
  }
}
