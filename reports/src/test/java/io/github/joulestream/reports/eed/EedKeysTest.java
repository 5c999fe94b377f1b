// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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

  @Test
  void thePageOfTheReport_hasEachName_andNoOther() throws IOException {
    String page = Files.readString(Path.of("../docs/reports-eed.md"));
    String table = page.substring(page.indexOf("| key |"), page.indexOf("Numbers have"));
    List<String> named =
        table
            .lines()
            .skip(2)
            .map(line -> line.split("\\|", -1))
            .filter(cells -> cells.length > 1)
            .flatMap(cells -> Pattern.compile("`([a-z0-9_]+)`").matcher(cells[1]).results())
            .map(result -> result.group(1))
            .toList();
    assertThat(named).containsExactlyElementsOf(EedKeys.keys());
  }
}
