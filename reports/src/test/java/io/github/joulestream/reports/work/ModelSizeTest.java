// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSizeTest {
  @ParameterizedTest
  @CsvSource({
    "46.7B, 46.7",
    "46.7e9, 46.7",
    "70000000000, 70",
    "70_000_000_000, 70",
    "340M, 0.34",
    "1.2 t, 1200",
    "8g, 8",
    "12500K, 0.0125",
    "' 7b ', 7"
  })
  void numbersAsPeopleWriteThem_areBillions(String text, BigDecimal billions) {
    assertThat(ModelSize.billions(text))
        .hasValueSatisfying(value -> assertThat(value).isEqualByComparingTo(billions));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-7B", "0", "7 billion", "1e99", "7,5B", "0x7", "NaN"})
  void anythingElse_isNotKnown(String text) {
    assertThat(ModelSize.billions(text)).isEmpty();
  }
}
