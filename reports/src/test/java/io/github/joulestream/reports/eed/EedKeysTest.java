// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EedKeysTest {
  @ParameterizedTest
  @CsvSource({
    "floor_area_m2, 1234.5",
    "floor_area_m2, 0",
    "waste_heat_celsius, -3.5",
    "server_capacity_area_percent, 100",
    "entry_into_operation, 2019-04",
    "installed_it_power_is, rated",
    "water_category, 2",
    "refrigerants, 'R-134a, R-1234ze'"
  })
  void valuesOfTheirForm_areAccepted(String key, String value) {
    assertThat(EedKeys.wrong(key, value)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "floor_area_m2, -1",
    "floor_area_m2, '1,234'",
    "floor_area_m2, 12 m2",
    "floor_area_m2, 1e3",
    "floor_area_m2, ''",
    "server_capacity_area_percent, 101",
    "entry_into_operation, April 2019",
    "entry_into_operation, 2019-13",
    "installed_it_power_is, yes",
    "water_category, 3",
    "refrigerants, ' '"
  })
  void otherValues_areRefusedWithWhatIsExpected(String key, String value) {
    assertThat(EedKeys.wrong(key, value)).contains("is not");
  }

  @Test
  void anUnknownName_isRefusedWithThoseThatAreKnown() {
    assertThat(EedKeys.wrong("floor_area", "12")).contains("no such value", "floor_area_m2");
  }
}
