// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quantities as people read and write them. One rule for all: at most four significant digits,
 * without trailing zeros, and the prefix with which the number is at least 1 and less than 1,000.
 *
 * <pre>
 *   1,210,000 W     1.21 MW
 *     123,456 J     123.5 kJ
 *           0 W     0 W
 *         125 s     2 min 5 s
 * </pre>
 */
public final class Quantities {
  private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_UP);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);
  private static final String[] PREFIXES = {"", "k", "M", "G", "T"};
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final double MILLIJOULES_PER_WATT_HOUR = 3_600_000;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Quantities() {}

  /** A power given in mW: {@code 1.21 MW}. */
  public static String power(long milliwatts) {
    return withPrefix(milliwatts / 1e3, "W");
  }

  /** An energy given in mJ, in joules: {@code 4.356 GJ}. */
  public static String energy(long millijoules) {
    return withPrefix(millijoules / 1e3, "J");
  }

  /** An energy given in mJ, in watt-hours: {@code 30.5 MWh}. */
  public static String wattHours(long millijoules) {
    return withPrefix(millijoules / MILLIJOULES_PER_WATT_HOUR, "Wh");
  }

  /**
   * A value with its unit and a prefix from none to tera: {@code 12.35 kW}.
   *
   * @param value in the unit without a prefix; if it is not finite, it is shown as {@code NaN} or
   *     {@code Infinity}
   */
  public static String withPrefix(double value, String unit) {
    return scaled(value, THOUSAND, PREFIXES, unit);
  }

  /** A size in bytes by powers of 1,024: {@code 1.5 GiB}. */
  public static String bytes(long bytes) {
    return scaled((double) bytes, BigDecimal.valueOf(1_024), BYTES, "");
  }

  private static String scaled(double value, BigDecimal step, String[] prefixes, String unit) {
    if (!Double.isFinite(value)) {
      return value + " " + unit;
    }
    BigDecimal scaled = BigDecimal.valueOf(value).round(DIGITS);
    BigDecimal exact = BigDecimal.valueOf(value);
    int prefix = 0;
    // after rounding: 999.96 is 1,000, which has the next prefix
    while (scaled.abs().compareTo(step) >= 0 && prefix < prefixes.length - 1) {
      exact = exact.divide(step, MathContext.DECIMAL64);
      scaled = exact.round(DIGITS);
      prefix++;
    }
    return plain(scaled) + " " + prefixes[prefix] + unit;
  }

  /** A number without a unit: {@code 97.5}, {@code 0.125}, {@code 100}. */
  public static String number(double value) {
    return Double.isFinite(value)
        ? plain(BigDecimal.valueOf(value).round(DIGITS))
        : Double.toString(value);
  }

  private static String plain(BigDecimal value) {
    // zero keeps its scale when zeros are stripped
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  /** A ratio as a percentage: 0.975 is {@code 97.5 %}. */
  public static String percent(double ratio) {
    return number(100 * ratio) + " %";
  }

  /**
   * A share of a total as a percentage with one decimal, as tables need it; {@code -} of a total of
   * 0.
   */
  public static String percent(long share, long total) {
    return total == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * share / total);
  }

  /** A number of things: {@code 1 job}, {@code 2,000 jobs}. */
  public static String count(long number, String one) {
    return String.format(Locale.ROOT, "%,d %s%s", number, one, number == 1 ? "" : "s");
  }

  /**
   * A length of time given in ms, in its two largest units of hours, minutes and seconds; a second
   * unit of 0 is left out: {@code 2 h 5 min}, {@code 5 min}, {@code 59.2 s}.
   */
  public static String duration(long millis) {
    if (millis < 0) {
      return "-" + duration(-millis);
    }
    Duration duration = Duration.ofMillis(millis);
    if (duration.toHours() > 0) {
      return twoUnits(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    if (duration.toMinutes() > 0) {
      return twoUnits(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    return plain(BigDecimal.valueOf(millis, 3).setScale(1, RoundingMode.DOWN)) + " s";
  }

  private static String twoUnits(long large, String largeUnit, int small, String smallUnit) {
    String text = String.format(Locale.ROOT, "%,d %s", large, largeUnit);
    return small == 0 ? text : "%s %d %s".formatted(text, small, smallUnit);
  }

  /**
   * Reads a duration as people write it: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 2h}, {@code
   * 1d}.
   *
   * @throws IllegalArgumentException if it is not of this form
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a duration such as 500ms, 60s, 5m, 2h or 1d".formatted(text));
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }
}
