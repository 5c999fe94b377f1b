// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 W",
    "1, 0.001 W",
    "499, 0.499 W",
    "950000, 950 W",
    "999940, 999.9 W",
    "999950, 1 kW",
    "12345000, 12.35 kW",
    "1210000000, 1.21 MW",
    "-1210000000, -1.21 MW",
    "9223372036854775807, 9223 TW"
  })
  void power_hasFourDigitsAtMost_andTheLargestPrefix(long milliwatts, String text) {
    assertThat(Quantities.power(milliwatts)).isEqualTo(text);
  }

  @Test
  void energy_isInJoulesOrWattHours() {
    assertThat(Quantities.energy(4_356_000_000_000L)).isEqualTo("4.356 GJ");
    assertThat(Quantities.wattHours(4_356_000_000_000L)).isEqualTo("1.21 MWh");
    assertThat(Quantities.wattHours(3_600)).isEqualTo("0.001 Wh");
  }

  @Test
  void bytes_goByPowersOf1024() {
    assertThat(Quantities.bytes(0)).isEqualTo("0 B");
    assertThat(Quantities.bytes(1_023)).isEqualTo("1023 B");
    assertThat(Quantities.bytes(1_536)).isEqualTo("1.5 KiB");
    assertThat(Quantities.bytes(3L << 30)).isEqualTo("3 GiB");
  }

  @Test
  void ratiosAndCounts() {
    assertThat(Quantities.percent(0.975)).isEqualTo("97.5 %");
    assertThat(Quantities.percent(1)).isEqualTo("100 %");
    assertThat(Quantities.percent(1, 3)).isEqualTo("33.3 %");
    assertThat(Quantities.percent(0, 0)).isEqualTo("-");
    assertThat(Quantities.number(0.125)).isEqualTo("0.125");
    assertThat(Quantities.number(100)).isEqualTo("100");
    assertThat(Quantities.count(1, "job")).isEqualTo("1 job");
    assertThat(Quantities.count(2_000, "job")).isEqualTo("2,000 jobs");
  }

  @Test
  void whatIsNotFinite_isShownAsSuch() {
    assertThat(Quantities.withPrefix(Double.NaN, "W")).isEqualTo("NaN W");
    assertThat(Quantities.number(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "500, 0.5 s",
    "59999, 59.9 s",
    "60000, 1 min",
    "125000, 2 min 5 s",
    "3600000, 1 h",
    "7500000, 2 h 5 min",
    "360000000, 100 h",
    "-125000, -2 min 5 s"
  })
  void duration_hasItsTwoLargestUnits(long millis, String text) {
    assertThat(Quantities.duration(millis)).isEqualTo(text);
  }

  @Test
  void durationsAreRead() {
    assertThat(Quantities.parseDuration("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Quantities.parseDuration("60s")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Quantities.parseDuration(" 5m ")).isEqualTo(Duration.ofMinutes(5));
    assertThat(Quantities.parseDuration("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(Quantities.parseDuration("1d")).isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "1.5h", "5 s", "1w", "1234567890s", "5M"})
  void whatIsNoDuration_isRefused(String text) {
    assertThatThrownBy(() -> Quantities.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'%s' is not a duration such as 500ms, 60s, 5m, 2h or 1d", text);
  }
}
