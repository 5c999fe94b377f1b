// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {
  @ParameterizedTest
  @ValueSource(strings = {"900000000", "1.2", "-5", "1_000", "1,000", " 12 "})
  void aNumberWithoutAUnit_isRefused_withAnExample(String text) {
    assertThatThrownBy(() -> Amounts.milliwatts(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' has no unit; write a power such as 900kW");
    assertThatThrownBy(() -> Amounts.millijoules(text))
        .hasMessageContaining("has no unit; write an energy such as 30MWh");
  }

  @Test
  void aUnitThatThereIsNot_isAnotherMatter() {
    assertThatThrownBy(() -> Amounts.milliwatts("900000000mW"))
        .hasMessageStartingWith("'900000000mW' is not a power such as");
    assertThat(Amounts.milliwatts("900kW")).isEqualTo(900_000_000);
  }
}
