// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Quantity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaledTest {
  private static final Scaled BERLIN = new Scaled("EUR", ZoneId.of("Europe/Berlin"));

  private static String shown(Quantity quantity, String value) {
    return BERLIN
        .of(quantity, "tokens/J", new BigDecimal(value))
        .text()
        .replace('\u2009', ' ')
        .replace('\u2212', '-');
  }

  @Test
  void energy_isInWattHours() {
    assertThat(shown(Quantity.ENERGY, "3600000000000")).isEqualTo("1.00 MWh");
    assertThat(shown(Quantity.ENERGY, "3600000")).isEqualTo("1.00 Wh");
    assertThat(shown(Quantity.ENERGY, "2923200000000000")).isEqualTo("812 MWh");
    assertThat(shown(Quantity.ENERGY, "1")).isEqualTo("278 nWh");
    assertThat(shown(Quantity.ENERGY, "0")).isEqualTo("0 Wh");
    assertThat(shown(Quantity.ENERGY, "3598200000000")).isEqualTo("1.00 MWh");
    assertThat(shown(Quantity.ENERGY, "3598199999999")).isEqualTo("999 kWh");
    assertThat(shown(Quantity.ENERGY, "-36000000000")).isEqualTo("-10.0 kWh");
  }

  @Test
  void otherQuantities_haveTheirUnits() {
    assertThat(shown(Quantity.POWER, "812000000")).isEqualTo("812 kW");
    assertThat(shown(Quantity.MONEY, "0")).isEqualTo("0.00 EUR");
    assertThat(shown(Quantity.MONEY, "0.01234")).isEqualTo("0.0123 EUR");
    assertThat(shown(Quantity.MONEY, "12.345")).isEqualTo("12.35 EUR");
    assertThat(shown(Quantity.MONEY, "12345.67")).isEqualTo("12 346 EUR");
    assertThat(shown(Quantity.MONEY, "-1234567.8")).isEqualTo("-1.23 MEUR");
    assertThat(shown(Quantity.MASS, "231")).isEqualTo("231 g");
    assertThat(shown(Quantity.MASS, "999999")).isEqualTo("1.00 t");
    assertThat(shown(Quantity.MASS, "952400000000")).isEqualTo("952 kt");
    assertThat(shown(Quantity.RATIO, "0.97")).isEqualTo("97.0 %");
    assertThat(shown(Quantity.RATIO, "1")).isEqualTo("100 %");
    assertThat(shown(Quantity.RATIO, "123.45")).isEqualTo("12 345 %");
    assertThat(shown(Quantity.COUNT, "1234567")).isEqualTo("1 234 567");
    assertThat(shown(Quantity.COUNT, "1234")).isEqualTo("1234");
    assertThat(shown(Quantity.DURATION, "250")).isEqualTo("250 ms");
    assertThat(shown(Quantity.DURATION, "12345")).isEqualTo("12.3 s");
    assertThat(shown(Quantity.DURATION, "90000000")).isEqualTo("25.0 h");
    assertThat(shown(Quantity.DURATION, "2280000")).isEqualTo("38.0 min");
    assertThat(shown(Quantity.NUMBER, "7.9587")).isEqualTo("7.96 tokens/J");
    assertThat(shown(Quantity.NUMBER, "1234567890")).isEqualTo("1.23×10⁹ tokens/J");
    assertThat(shown(Quantity.NUMBER, "0.0000123")).isEqualTo("1.23×10⁻⁵ tokens/J");
    assertThat(shown(Quantity.NUMBER, "999999.6")).isEqualTo("1.00×10⁶ tokens/J");
    assertThat(shown(Quantity.INTENSITY, "231.4")).isEqualTo("231 g/kWh");
    assertThat(shown(Quantity.WATER, "1500")).isEqualTo("1.50 l");
    assertThat(shown(Quantity.WATER, "2500000")).isEqualTo("2.50 m³");
    assertThat(shown(Quantity.BYTES, "1024")).isEqualTo("1.00 GiB");
  }

  @Test
  void unknown_isADash() {
    for (Quantity quantity : Quantity.values()) {
      assertThat(BERLIN.of(quantity, "x", null).text()).isEqualTo("-");
    }
    assertThat(Scaled.change(null)).isEqualTo("-");
    assertThat(Scaled.change(new BigDecimal("0.0312"))).isEqualTo("+3.12\u2009%");
  }

  @Test
  void times_areByTheCalendar_andTheDoubledHourHasItsOffset() {
    assertThat(BERLIN.time(Instant.parse("2026-09-30T22:00:00Z"))).isEqualTo("2026-10-01");
    assertThat(BERLIN.time(Instant.parse("2026-10-25T00:30:00Z")))
        .isEqualTo("2026-10-25 02:30+02:00");
    assertThat(BERLIN.time(Instant.parse("2026-10-25T01:30:00Z")))
        .isEqualTo("2026-10-25 02:30+01:00");
    assertThat(BERLIN.time(Instant.parse("2026-10-25T02:30:05Z"))).isEqualTo("2026-10-25 03:30:05");
  }

  /** What is shown is within half a unit of its third digit. */
  @Test
  void whatIsShown_isNearTheValue() {
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      double value = Math.exp(random.nextDouble() * 50 - 5) * (random.nextBoolean() ? 1 : -1);
      String[] shown = shown(Quantity.POWER, BigDecimal.valueOf(value).toPlainString()).split(" ");
      double factor =
          Math.pow(
              1000, "nµm kMGTPE".indexOf(shown[1].length() == 1 ? ' ' : shown[1].charAt(0)) - 3);
      double back = Double.parseDouble(shown[0]) * factor * 1000;
      assertThat(back / value).isBetween(0.99499, 1.00501);
      assertThat(Math.abs(Double.parseDouble(shown[0]))).isBetween(1.0, 999.0);
    }
  }
}
