// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * What energy cost and emitted, as the document's {@code Charges}: null where no factor is known.
 *
 * @param cost in the currency, with at most 9 decimal places
 * @param currency ISO 4217 code, or empty
 * @param costKnownRatio share of the energy of which the price is known
 * @param co2eLocationGrams g CO2e
 * @param co2eMarketGrams g CO2e
 * @param co2eKnownRatio share of the energy of which the location-based intensity is known
 * @param renewableRatio share of the energy that was renewable physically, of that of which it is
 *     known
 */
public record ChargeFigures(
    @Nullable BigDecimal cost,
    String currency,
    BigDecimal costKnownRatio,
    @Nullable BigDecimal co2eLocationGrams,
    @Nullable BigDecimal co2eMarketGrams,
    BigDecimal co2eKnownRatio,
    @Nullable BigDecimal renewableRatio) {
  /** Nothing is known. */
  public static final ChargeFigures UNKNOWN =
      new ChargeFigures(null, "", BigDecimal.ZERO, null, null, BigDecimal.ZERO, null);

  private static final MathContext RATIO = new MathContext(9);

  /**
   * Of energy.
   *
   * @param charges what was charged of it
   * @param currency empty: there is none, or several, which do not add up
   * @param millijoules all energy that is shown beside it
   */
  public static ChargeFigures of(Charges charges, String currency, BigInteger millijoules) {
    return new ChargeFigures(
        currency.isEmpty() ? null : plain(charges.amount(Figure.COST).orElse(null)),
        currency,
        currency.isEmpty() ? BigDecimal.ZERO : share(charges.known(Figure.COST), millijoules),
        plain(charges.amount(Figure.CO2E_LOCATION).orElse(null)),
        plain(charges.amount(Figure.CO2E_MARKET).orElse(null)),
        share(charges.known(Figure.CO2E_LOCATION), millijoules),
        renewable(charges));
  }

  private static @Nullable BigDecimal renewable(Charges charges) {
    BigDecimal renewable = charges.amount(Figure.RENEWABLE).orElse(null);
    ExactSum known = charges.known(Figure.RENEWABLE);
    return renewable == null || known.signum() <= 0
        ? null
        : plain(renewable.divide(new BigDecimal(known.value()), RATIO));
  }

  private static BigDecimal share(ExactSum known, BigInteger millijoules) {
    if (known.signum() <= 0 || millijoules.signum() <= 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal share = new BigDecimal(known.value()).divide(new BigDecimal(millijoules), RATIO);
    return strip(share.min(BigDecimal.ONE));
  }

  private static @Nullable BigDecimal plain(@Nullable BigDecimal value) {
    return value == null ? null : strip(value);
  }

  /** Without zeros at its end, and without an exponent. */
  private static BigDecimal strip(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
