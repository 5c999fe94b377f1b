// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.integrate;

import static io.github.joulestream.energy.integrate.SensorWindow.UNKNOWN_DRIVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.integrate.SensorWindow.Field;
import org.junit.jupiter.api.Test;

class SensorWindowTest {
  private static int window(String model, Field field) {
    return SensorWindow.find(model, field, UNKNOWN_DRIVER).orElseThrow().windowMillis();
  }

  @Test
  void windows_areThoseOfThePaper() {
    assertThat(window("NVIDIA GeForce RTX 3090", Field.AVERAGE)).isEqualTo(1_000);
    assertThat(window("NVIDIA RTX A5000", Field.DRAW)).isEqualTo(1_000);
    assertThat(window("NVIDIA A100-SXM4-40GB", Field.DRAW)).isEqualTo(50);
    assertThat(window("NVIDIA GeForce RTX 4090", Field.DRAW)).isEqualTo(50);
    assertThat(window("Tesla K40m", Field.DRAW)).isEqualTo(100);
  }

  @Test
  void onlyTheA100_doesNotSeeAllOfTheTime() {
    assertThat(SensorWindow.find("NVIDIA A100", Field.INSTANT, 550).orElseThrow().blind()).isTrue();
    assertThat(SensorWindow.find("RTX 4090", Field.DRAW, 550).orElseThrow().blind()).isFalse();
  }

  @Test
  void namesThatOnlyBeginOrEndAlike_areOtherModels() {
    for (String model :
        new String[] {
          "NVIDIA GeForce RTX 3090 Ti",
          "NVIDIA GeForce RTX 4090 D",
          "NVIDIA GeForce RTX 4090 Laptop GPU",
          "NVIDIA RTX A1000",
          "NVIDIA DA100",
          "Tesla K40",
          "NVIDIA H100",
          ""
        }) {
      for (Field field : Field.values()) {
        assertThat(SensorWindow.find(model, field, UNKNOWN_DRIVER)).as(model).isEmpty();
      }
    }
  }

  @Test
  void fieldsThatAModelDoesNotHave_andOlderDrivers_areUnknown() {
    assertThat(SensorWindow.find("Tesla K40m", Field.INSTANT, UNKNOWN_DRIVER)).isEmpty();
    assertThat(SensorWindow.find("NVIDIA GeForce RTX 3090", Field.DRAW, 529)).isEmpty();
    assertThat(SensorWindow.find("NVIDIA GeForce RTX 3090", Field.DRAW, 530)).isPresent();
    assertThat(SensorWindow.find("Tesla K40m", Field.DRAW, 470)).isPresent();
  }

  @Test
  void aWindowThatCannotBe_isRefused() {
    assertThatThrownBy(() -> new SensorWindow(0, 1, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SensorWindow(1, -1, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SensorWindow(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SensorWindow(1, 1, 101))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mainVersions() {
    assertThat(SensorWindow.mainVersion("570.86.15")).isEqualTo(570);
    assertThat(SensorWindow.mainVersion("530")).isEqualTo(530);
    for (String none : new String[] {"", "[N/A]", "r570.1", "-5.1", ".1", "99999999999.1"}) {
      assertThat(SensorWindow.mainVersion(none)).as(none).isEqualTo(SensorWindow.UNKNOWN_DRIVER);
    }
  }
}
