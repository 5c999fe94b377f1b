// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.SeriesKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Units as people have them, converted exactly: a value is rounded once, half up, to 1e-9 of the
 * unit of its kind. A pound is 453.59237 g (international avoirdupois pound, 1959).
 */
final class Units {
  private static final BigDecimal NANO = BigDecimal.valueOf(GridInterval.NANO);
  private static final BigDecimal MILLIS_PER_HOUR = BigDecimal.valueOf(3_600_000);
  private static final BigDecimal TWELVE = BigDecimal.valueOf(12);

  private static final Map<String, BigDecimal> GRAMS =
      Map.ofEntries(
          Map.entry("g", BigDecimal.ONE),
          Map.entry("kg", BigDecimal.valueOf(1_000)),
          Map.entry("t", BigDecimal.valueOf(1_000_000)),
          Map.entry("lb", new BigDecimal("453.59237")),
          Map.entry("lbs", new BigDecimal("453.59237")));

  /** kWh, or kW: letters without their case. */
  private static final Map<String, BigDecimal> KILO =
      Map.of(
          "",
          new BigDecimal("0.001"),
          "k",
          BigDecimal.ONE,
          "m",
          BigDecimal.valueOf(1_000),
          "g",
          BigDecimal.valueOf(1_000_000));

  private static final Pattern INTENSITY =
      Pattern.compile("(g|kg|t|lbs?)_?(?:co2(?:e|eq|-eq)?)?_?(?:/|per_)([kmg]?)wh");
  private static final Pattern PRICE = Pattern.compile("(.{1,4}?)/([kmg]?)wh");
  private static final Pattern FIXED = Pattern.compile("(.{1,4}?)/(month|year)");
  private static final Pattern DEMAND = Pattern.compile("(.{1,4}?)/([kmg]?)w[-/](month|year)");
  private static final Pattern ENERGY = Pattern.compile("([kmg]?)wh");
  private static final Pattern POWER = Pattern.compile("([kmg]?)w|(m)aw");

  private Units() {}

  /**
   * A value in the unit of its kind.
   *
   * @param currency ISO 4217 code, or empty if it is no amount of money
   */
  record Kept(long valueNano, String currency) {}

  /** A number that is to be multiplied and divided by. */
  private record Factor(BigDecimal times, BigDecimal by, String currency) {}

  /**
   * Converts.
   *
   * @param unit as it was given
   * @param currency of an amount of money whose unit does not have it; may be empty
   * @param millis length of the interval, which makes energy of power
   * @throws Refused if the unit is none of the kind, or the currency is none
   */
  static Kept convert(SeriesKind kind, BigDecimal value, String unit, String currency, long millis)
      throws Refused {
    String plain = unit.strip().toLowerCase(Locale.ROOT).replace("₂", "2").replace(" ", "");
    Factor factor =
        switch (kind) {
          case CARBON -> intensity(plain);
          case MIX -> share(plain);
          case PRICE -> price(plain, currency);
          case FIXED_CHARGE -> fixed(plain, currency);
          case DEMAND_CHARGE -> demand(plain, currency);
          case GENERATION, EXPORT, BATTERY, GUARANTEE_OF_ORIGIN, POWER_PURCHASE, GUARANTEE_SOLD ->
              energy(plain, millis);
        };
    if (factor == null) {
      throw new Refused(
          "unit '%s' is unknown for %s; give %s"
              .formatted(unit, kind.name().toLowerCase(Locale.ROOT), examples(kind)));
    }
    BigDecimal nano =
        value.multiply(factor.times).multiply(NANO).divide(factor.by, 0, RoundingMode.HALF_UP);
    if (nano.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new Refused("%s %s is too large to be kept".formatted(value.toPlainString(), unit));
    }
    return new Kept(nano.longValueExact(), factor.currency);
  }

  private static String examples(SeriesKind kind) {
    return switch (kind) {
      case CARBON -> "g/kWh, kg/MWh, lb/MWh or t/GWh";
      case MIX -> "ratio or %";
      case PRICE -> "EUR/kWh, EUR/MWh (any ISO 4217 code) or, with a currency, ct/kWh";
      case FIXED_CHARGE -> "EUR/month or EUR/year";
      case DEMAND_CHARGE -> "EUR/kW-month, EUR/kW-year or EUR/MW-month";
      default -> "Wh, kWh, MWh or GWh, or a mean power in W, kW, MW or GW";
    };
  }

  private static @Nullable Factor intensity(String unit) {
    Matcher matcher = INTENSITY.matcher(unit);
    if (!matcher.matches()) {
      return null;
    }
    return new Factor(
        GRAMS.getOrDefault(matcher.group(1), BigDecimal.ONE), kilo(matcher.group(2)), "");
  }

  private static @Nullable Factor share(String unit) {
    return switch (unit) {
      case "%", "percent" -> new Factor(BigDecimal.ONE, BigDecimal.valueOf(100), "");
      case "ratio", "1" -> new Factor(BigDecimal.ONE, BigDecimal.ONE, "");
      default -> null;
    };
  }

  private static @Nullable Factor price(String unit, String currency) throws Refused {
    Matcher matcher = PRICE.matcher(unit);
    if (!matcher.matches()) {
      return null;
    }
    Factor money = money(matcher.group(1), currency);
    return new Factor(money.times, money.by.multiply(kilo(matcher.group(2))), money.currency);
  }

  private static @Nullable Factor fixed(String unit, String currency) throws Refused {
    Matcher matcher = FIXED.matcher(unit);
    if (!matcher.matches()) {
      return null;
    }
    Factor money = money(matcher.group(1), currency);
    return new Factor(money.times, money.by.multiply(months(matcher.group(2))), money.currency);
  }

  private static @Nullable Factor demand(String unit, String currency) throws Refused {
    Matcher matcher = DEMAND.matcher(unit);
    if (!matcher.matches()) {
      return null;
    }
    Factor money = money(matcher.group(1), currency);
    return new Factor(
        money.times,
        money.by.multiply(kilo(matcher.group(2))).multiply(months(matcher.group(3))),
        money.currency);
  }

  private static @Nullable Factor energy(String unit, long millis) {
    Matcher energy = ENERGY.matcher(unit);
    if (energy.matches()) {
      return new Factor(kilo(energy.group(1)), BigDecimal.ONE, "");
    }
    Matcher power = POWER.matcher(unit);
    if (!power.matches()) {
      return null;
    }
    String prefix = power.group(1) == null ? power.group(2) : power.group(1);
    return new Factor(kilo(prefix).multiply(BigDecimal.valueOf(millis)), MILLIS_PER_HOUR, "");
  }

  private static BigDecimal kilo(String prefix) {
    return KILO.getOrDefault(prefix, BigDecimal.ONE);
  }

  private static BigDecimal months(String period) {
    return period.equals("year") ? TWELVE : BigDecimal.ONE;
  }

  /** Of one unit of money in the currency's own. */
  private static Factor money(String sign, String currency) throws Refused {
    return switch (sign) {
      case "ct", "c", "cent" ->
          new Factor(BigDecimal.ONE, BigDecimal.valueOf(100), checked(currency, sign));
      case "p" -> new Factor(BigDecimal.ONE, BigDecimal.valueOf(100), same("GBP", currency));
      case "€" -> new Factor(BigDecimal.ONE, BigDecimal.ONE, same("EUR", currency));
      case "£" -> new Factor(BigDecimal.ONE, BigDecimal.ONE, same("GBP", currency));
      default ->
          new Factor(
              BigDecimal.ONE,
              BigDecimal.ONE,
              same(checked(sign.toUpperCase(Locale.ROOT), sign), currency));
    };
  }

  private static String same(String ofUnit, String currency) throws Refused {
    if (!currency.isEmpty() && !currency.equals(ofUnit)) {
      throw new Refused(
          "the unit is in %s, and the currency is %s; make them the same"
              .formatted(ofUnit, currency));
    }
    return ofUnit;
  }

  private static String checked(String currency, String sign) throws Refused {
    if (currency.isEmpty()) {
      throw new Refused("'%s' of which currency? Give its code, such as EUR".formatted(sign));
    }
    try {
      return Currency.getInstance(currency).getCurrencyCode();
    } catch (IllegalArgumentException e) {
      throw new Refused(
          "'%s' is no currency; give a code of ISO 4217, such as EUR".formatted(currency), e);
    }
  }
}
