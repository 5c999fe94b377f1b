// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.runtime.ShownText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values as people read them: three significant digits and the SI prefix that keeps 1 to 999,
 * energy in Wh, times by the report's calendar. What must be exact is read from {@link Exact}.
 */
final class Scaled {
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_UP);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal MILLIJOULES_PER_WH = BigDecimal.valueOf(3_600_000);
  private static final List<String> PREFIXES =
      List.of("n", "µ", "m", "", "k", "M", "G", "T", "P", "E");
  private static final int NO_PREFIX = PREFIXES.indexOf("");
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private final String currency;
  private final ZoneId zone;

  /**
   * Of a report.
   *
   * @param currency of its money; empty: not said
   * @param zone of its times
   */
  Scaled(String currency, ZoneId zone) {
    this.currency = currency;
    this.zone = zone;
  }

  Shown of(Column column, @Nullable Object value) {
    return of(column.quantity(), column.unit(), value);
  }

  /** A value of a quantity, in the model's unit. */
  Shown of(Quantity quantity, String unit, @Nullable Object value) {
    return switch (value) {
      case null -> Shown.UNKNOWN;
      case BigDecimal number -> number(quantity, unit, number);
      case Instant time -> new Shown(time(time), "");
      default -> new Shown(ShownText.of(value.toString()), "");
    };
  }

  private Shown number(Quantity quantity, String unit, BigDecimal value) {
    return switch (quantity) {
      case ENERGY -> prefixed(value.divide(MILLIJOULES_PER_WH, MathContext.DECIMAL128), "Wh");
      case POWER -> prefixed(value.movePointLeft(3), "W");
      case MONEY -> money(value);
      case MASS -> mass(value);
      case RATIO -> new Shown(grouped(value.movePointRight(2)), "%");
      case COUNT -> new Shown(digits(value), "");
      case DURATION -> duration(value);
      case INTENSITY -> new Shown(plainOrPower(value), "g/kWh");
      case WATER -> water(value);
      case BYTES -> bytes(value);
      case NUMBER, TEXT, TIME -> new Shown(plainOrPower(value), ShownText.of(unit));
    };
  }

  /** The unit of an axis up to this value, in the model's unit. */
  AxisUnit axis(Column column, double value) {
    return AxisUnit.of(column.quantity(), column.unit(), currency, value);
  }

  /** A time by the calendar; with its offset where the clock shows it twice. */
  String time(Instant time) {
    ZonedDateTime local = time.atZone(zone);
    String offset =
        zone.getRules().getValidOffsets(local.toLocalDateTime()).size() > 1
            ? local.getOffset().getId()
            : "";
    DateTimeFormatter format =
        local.toLocalTime().equals(LocalTime.MIDNIGHT)
            ? DAY
            : local.getSecond() == 0 && local.getNano() == 0 ? MINUTE : SECOND;
    return format.format(local) + offset;
  }

  /** A change: {@code +3.0 %}; {@code -} if it is not known. */
  static String change(@Nullable BigDecimal change) {
    if (change == null) {
      return Shown.UNKNOWN.number();
    }
    String sign = change.signum() > 0 ? "+" : "";
    return sign + new Shown(grouped(change.movePointRight(2)), "%").text();
  }

  private Shown money(BigDecimal value) {
    BigDecimal size = value.abs();
    if (size.compareTo(MILLION) >= 0) {
      return prefixed(value, currency);
    }
    if (size.compareTo(THOUSAND) >= 0) {
      return new Shown(digits(value.setScale(0, RoundingMode.HALF_UP)), currency);
    }
    boolean cents = size.compareTo(BigDecimal.ONE) >= 0 || value.signum() == 0;
    return new Shown(
        cents ? digits(value.setScale(2, RoundingMode.HALF_UP)) : grouped(value), currency);
  }

  private static Shown mass(BigDecimal grams) {
    return grams.abs().round(DIGITS).compareTo(MILLION) < 0
        ? prefixed(grams, "g")
        : prefixed(grams.movePointLeft(6), "t");
  }

  private static Shown water(BigDecimal millilitres) {
    return millilitres.abs().round(DIGITS).compareTo(MILLION) < 0
        ? prefixed(millilitres.movePointLeft(3), "l")
        : new Shown(grouped(millilitres.movePointLeft(6)), "m³");
  }

  private static Shown duration(BigDecimal millis) {
    BigDecimal seconds = millis.movePointLeft(3);
    BigDecimal size = seconds.abs();
    if (size.compareTo(BigDecimal.ONE) < 0) {
      return new Shown(grouped(millis), millis.signum() == 0 ? "s" : "ms");
    }
    if (size.compareTo(BigDecimal.valueOf(60)) < 0) {
      return new Shown(grouped(seconds), "s");
    }
    if (size.compareTo(BigDecimal.valueOf(3600)) < 0) {
      return new Shown(
          grouped(seconds.divide(BigDecimal.valueOf(60), MathContext.DECIMAL128)), "min");
    }
    return new Shown(
        grouped(seconds.divide(BigDecimal.valueOf(3600), MathContext.DECIMAL128)), "h");
  }

  private static Shown bytes(BigDecimal mebibytes) {
    List<String> units = List.of("MiB", "GiB", "TiB", "PiB", "EiB");
    BigDecimal value = mebibytes;
    int unit = 0;
    while (unit < units.size() - 1 && value.abs().round(DIGITS).compareTo(THOUSAND) >= 0) {
      value = value.divide(BigDecimal.valueOf(1024), MathContext.DECIMAL128);
      unit++;
    }
    return new Shown(grouped(value), units.get(unit));
  }

  private static Shown prefixed(BigDecimal value, String unit) {
    if (value.signum() == 0) {
      return new Shown("0", unit);
    }
    BigDecimal scaled = value;
    int prefix = NO_PREFIX;
    while (prefix < PREFIXES.size() - 1 && scaled.round(DIGITS).abs().compareTo(THOUSAND) >= 0) {
      scaled = scaled.movePointLeft(3);
      prefix++;
    }
    while (prefix > 0 && scaled.round(DIGITS).abs().compareTo(BigDecimal.ONE) < 0) {
      scaled = scaled.movePointRight(3);
      prefix--;
    }
    return new Shown(grouped(scaled), PREFIXES.get(prefix) + unit);
  }

  /** Three significant digits; all digits before the point; thousands apart. */
  private static String grouped(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal rounded = value.round(DIGITS);
    if (rounded.abs().compareTo(THOUSAND) >= 0) {
      return digits(value.setScale(0, RoundingMode.HALF_UP));
    }
    int scale = 2 - (rounded.precision() - rounded.scale() - 1);
    return digits(rounded.setScale(Math.max(0, scale), RoundingMode.HALF_UP));
  }

  /** As {@link #grouped}, as a power of ten where that would be too long to read. */
  static String plainOrPower(BigDecimal value) {
    BigDecimal rounded = value.round(DIGITS);
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (value.signum() == 0 || (exponent >= -4 && exponent < 6)) {
      return grouped(value);
    }
    return digits(rounded.movePointLeft(exponent).setScale(2, RoundingMode.HALF_UP))
        + "×10"
        + superscript(exponent);
  }

  static String superscript(int exponent) {
    StringBuilder raised = new StringBuilder();
    for (char digit : Integer.toString(exponent).toCharArray()) {
      raised.append(digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(digit - '0'));
    }
    return raised.toString();
  }

  /** All digits, thousands apart by thin spaces, a true minus. */
  static String digits(BigDecimal value) {
    String plain = value.abs().toPlainString();
    int point = plain.indexOf('.');
    int end = point < 0 ? plain.length() : point;
    StringBuilder apart = new StringBuilder(plain);
    if (end > 4) {
      for (int i = end - 3; i > 0; i -= 3) {
        apart.insert(i, Shown.THIN_SPACE);
      }
    }
    return value.signum() < 0 ? apart.insert(0, '\u2212').toString() : apart.toString();
  }
}
