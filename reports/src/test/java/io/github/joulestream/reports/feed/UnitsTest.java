// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.grid.SeriesKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  private static final long HOUR = 3_600_000;
  private static final long SEED = 20;

  private static Units.Kept convert(SeriesKind kind, String value, String unit, String currency)
      throws Refused {
    return Units.convert(kind, new BigDecimal(value), unit, currency, HOUR);
  }

  @ParameterizedTest
  @CsvSource({
    "CARBON, 412, g/kWh, 412000000000",
    "CARBON, 412, gCO2eq/kWh, 412000000000",
    "CARBON, 412, gCO₂e/kWh, 412000000000",
    "CARBON, 412, kg/MWh, 412000000000",
    "CARBON, 0.412, t/MWh, 412000000000",
    "CARBON, 412, t/GWh, 412000000000",
    "CARBON, 0.412, kg CO2/kWh, 412000000000",
    // 453.59237 g
    "CARBON, 1000, lb/MWh, 453592370000",
    "CARBON, 870.5, lbs_co2_per_mwh, 394852158085",
    "MIX, 12.5, %, 125000000",
    "MIX, 0.125, ratio, 125000000",
    "FIXED_CHARGE, 1200, EUR/year, 100000000000",
    "DEMAND_CHARGE, 96, EUR/kW-year, 8000000000",
    "DEMAND_CHARGE, 8000, EUR/MW-month, 8000000000",
    "DEMAND_CHARGE, 8, EUR/kW/month, 8000000000",
    "GENERATION, 1.5, MW, 1500000000000",
    "GENERATION, 1.5, MAW, 1500000000000",
    "GENERATION, 1500, kWh, 1500000000000",
    "EXPORT, 2, GWh, 2000000000000000",
    "BATTERY, -250, W, -250000000",
    "BATTERY, -250, Wh, -250000000",
  })
  void isKeptExactly(SeriesKind kind, String value, String unit, long nano) throws Refused {
    assertThat(convert(kind, value, unit, "").valueNano()).isEqualTo(nano);
  }

  @ParameterizedTest
  @CsvSource({
    "81.50, EUR/MWh, '', 81500000, EUR",
    "81.50, €/MWh, '', 81500000, EUR",
    "8.15, ct/kWh, EUR, 81500000, EUR",
    "8.15, c/kWh, USD, 81500000, USD",
    "8.15, p/kWh, '', 81500000, GBP",
    "-0.0815, chf/kWh, CHF, -81500000, CHF",
    "0.1, EUR/GWh, '', 100, EUR",
  })
  void aPrice_isOfOneCurrency(String value, String unit, String currency, long nano, String of)
      throws Refused {
    assertThat(convert(SeriesKind.PRICE, value, unit, currency))
        .isEqualTo(new Units.Kept(nano, of));
  }

  @Test
  void aMeanPower_isAnEnergyOfItsInterval() throws Refused {
    // a third of a minute; 1 kW for 20 s is 1/180 kWh, rounded once
    assertThat(Units.convert(SeriesKind.EXPORT, BigDecimal.ONE, "kW", "", 20_000).valueNano())
        .isEqualTo(5_555_556);
  }

  @ParameterizedTest
  @CsvSource({
    "CARBON, g, '', g/kWh",
    "CARBON, kWh, '', g/kWh",
    "MIX, MW, '', ratio or %",
    "PRICE, EUR, '', EUR/MWh",
    "PRICE, EUR/MWh, USD, make them the same",
    "PRICE, p/kWh, EUR, make them the same",
    "PRICE, ct/kWh, '', of which currency",
    "PRICE, XYZ/kWh, '', is no currency",
    "PRICE, $/kWh, '', is no currency",
    "GENERATION, J, '', kWh",
    "FIXED_CHARGE, EUR/day, '', EUR/month",
    "DEMAND_CHARGE, EUR/kW, '', EUR/kW-month",
  })
  void anUnknownUnit_isRefused_withThoseThatThereAre(
      SeriesKind kind, String unit, String currency, String message) {
    assertThatThrownBy(() -> convert(kind, "1", unit, currency))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatDoesNotFit_isRefused() {
    assertThatThrownBy(() -> convert(SeriesKind.EXPORT, "1e10", "kWh", ""))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("too large");
  }

  /** Worked out with fractions of whole numbers. */
  @Test
  void law_poundsPerMegawattHour_areRoundedOnceHalfUp() throws Refused {
    Random random = new Random(SEED);
    BigInteger perPound = BigInteger.valueOf(45_359_237);
    for (int round = 0; round < 10_000; round++) {
      BigInteger thousandths = BigInteger.valueOf(random.nextInt(4_000_000));
      // thousandths x 45359237 / 1e5 g per lb / 1e3 kWh x 1e9 / 1e3
      BigInteger twice = thousandths.multiply(perPound).multiply(BigInteger.TWO);
      BigInteger divisor = BigInteger.valueOf(100);
      BigInteger expected = twice.add(divisor).divide(divisor.multiply(BigInteger.TWO));
      assertThat(
              Units.convert(SeriesKind.CARBON, new BigDecimal(thousandths, 3), "lb/MWh", "", HOUR)
                  .valueNano())
          .as("%s", thousandths)
          .isEqualTo(expected.longValueExact());
    }
  }
}
