// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainFiguresTest {
  private static String plain(String text) {
    return text.replace('\u2009', ' ').replace('\u2212', '-');
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 W",
    "1, 1.00 mW",
    "999, 999 mW",
    "1000, 1.00 W",
    "999499, 999 W",
    "999500, 1.00 kW",
    "812000000, 812 kW",
    "1240000000, 1.24 MW",
    "9996000000, 10.0 MW",
    "-41000000, -41.0 kW",
    "9223372036854775807, 9.22 PW"
  })
  void powerIsAsInThePage(long milliwatts, String expected) {
    assertThat(plain(PlainFigures.power(milliwatts))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 Wh",
    "3600, 1.00 mWh",
    "3600000, 1.00 Wh",
    "3599999, 1.00 Wh",
    "10872000000000000, 3.02 GWh"
  })
  void energyIsInWattHours(long millijoules, String expected) {
    assertThat(plain(PlainFigures.energy(millijoules))).isEqualTo(expected);
  }
}
