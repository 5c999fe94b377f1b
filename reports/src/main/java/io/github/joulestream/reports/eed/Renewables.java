// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.SeriesKind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renewable energy of a site's year by Annex II 1 (o) to (r): guarantees of origin that were
 * retired, power purchase agreements, and generation on site less what had its guarantees sold. A
 * part is either typed in or what was imported, never both, so that nothing counts twice; the total
 * is there only if all parts are, where 0 has to be typed in as well.
 */
final class Renewables {
  private static final MathContext DIGITS = new MathContext(12);

  private final TypedIn typed;
  private final MeteredYear year;
  private final Indicator guarantees;
  private final Indicator purchases;
  private final Indicator onSite;

  Renewables(TypedIn typed, MeteredYear year) {
    this.typed = typed;
    this.year = year;
    this.guarantees =
        contracts(
            "E_RES-GOO",
            "renewable energy from guarantees of origin",
            SeriesKind.GUARANTEE_OF_ORIGIN,
            EedKeys.RENEWABLE_GUARANTEES_KWH);
    this.purchases =
        contracts(
            "E_RES-PPA",
            "renewable energy from power purchase agreements",
            SeriesKind.POWER_PURCHASE,
            EedKeys.RENEWABLE_PURCHASES_KWH);
    this.onSite = onSite();
  }

  /** E_RES-GOO, E_RES-PPA and E_RES-OS. */
  List<Indicator> parts() {
    return List.of(guarantees, purchases, onSite);
  }

  /** E_RES-TOT. */
  Indicator total() {
    BigDecimal sum = BigDecimal.ZERO;
    for (Indicator part : parts()) {
      if (part.value() == null) {
        return indicator(
            "E_RES-TOT",
            "total renewable energy consumption",
            null,
            "%s: %s is missing; type in 0 if there is none"
                .formatted(Indicator.MISSING, part.symbol()),
            null);
      }
      sum = sum.add(part.value());
    }
    return indicator(
        "E_RES-TOT",
        "total renewable energy consumption",
        sum,
        "E_RES-GOO + E_RES-PPA + E_RES-OS",
        null);
  }

  private static Indicator indicator(
      String symbol,
      String meaning,
      @Nullable BigDecimal value,
      String source,
      @Nullable BigDecimal covered) {
    return new Indicator(symbol, meaning, "kWh", value, "", source, covered);
  }

  private Indicator contracts(String symbol, String meaning, SeriesKind kind, EedKeys key) {
    Optional<BigDecimal> entered = typed.number(key);
    if (entered.isPresent()) {
      return indicator(symbol, meaning, entered.get(), "typed in", null);
    }
    return year.hasSupply(kind)
        ? indicator(
            symbol,
            meaning,
            year.supplyKwh(kind, true),
            "imported contracts of renewable sources",
            SiteIndicators.share(year.supplyShare(kind)))
        : indicator(symbol, meaning, null, SiteIndicators.typedIn(key, false), null);
  }

  private Indicator onSite() {
    String symbol = "E_RES-OS";
    String meaning = "renewable energy generated on site";
    EedKeys key = EedKeys.RENEWABLE_ON_SITE_KWH;
    Optional<BigDecimal> entered = typed.number(key);
    if (entered.isPresent()) {
      return indicator(symbol, meaning, entered.get(), "typed in", null);
    }
    boolean metered = year.hasMeter(DeviceKind.GENERATION);
    if (!year.hasSupply(SeriesKind.GENERATION)) {
      return indicator(
          symbol,
          meaning,
          null,
          metered
              ? "%s: the meters of generation do not say its source: type in %s, or import it by source"
                  .formatted(Indicator.MISSING, key.key())
              : SiteIndicators.typedIn(key, false),
          null);
    }
    BigDecimal all = year.supplyKwh(SeriesKind.GENERATION, false);
    BigDecimal renewable = year.supplyKwh(SeriesKind.GENERATION, true);
    String source = "imported generation of renewable sources";
    double share = year.supplyShare(SeriesKind.GENERATION);
    if (metered && all.signum() > 0) {
      renewable =
          year.kwh(SiteAmount.GENERATION_MILLIJOULES).multiply(renewable).divide(all, DIGITS);
      source = "measured at the meters of generation, by source as imported";
      share = year.timeShare(DeviceKind.GENERATION);
    }
    BigDecimal sold = year.supplyKwh(SeriesKind.GUARANTEE_SOLD, true);
    if (sold.signum() > 0) {
      source += ", less %s kWh whose guarantees were sold".formatted(sold.toPlainString());
    }
    return indicator(
        symbol,
        meaning,
        renewable.subtract(sold).max(BigDecimal.ZERO),
        source,
        SiteIndicators.share(share));
  }
}
