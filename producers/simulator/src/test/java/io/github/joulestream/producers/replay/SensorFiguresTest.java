// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.SensorWindow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SensorFiguresTest {
  private static final Calibration KNOWS_X =
      new Calibration(Map.of("X", new Calibration.Line(1_050_000, 0)));

  private static SensorFigures of(String model, @Nullable SensorWindow window) {
    return new SensorFigures(
        List.of(new SensorFigures.Sensor(model, "power.draw", window, 50_000, 100_000, 150_000)));
  }

  @Test
  void withoutCalibration_theBoundIsWhatSuchSensorsWereOffBy() {
    SensorFigures.Bound bound = of("X", null).bound(Calibration.NONE).orElseThrow();
    assertThat(bound.morePercent()).isCloseTo(9.1, within(1e-9));
    assertThat(bound.lessPercent()).isCloseTo(3.4, within(1e-9));
    assertThat(of("X", null).words(Calibration.NONE))
        .containsExactly(
            "X, power.draw: its averaging window is not known, not shifted; not calibrated");
  }

  @Test
  void calibration_narrowsIt_forItsModelOnly() {
    assertThat(of("X", null).bound(KNOWS_X).orElseThrow().morePercent()).isCloseTo(1, within(1e-9));
    assertThat(of("Y", null).bound(KNOWS_X).orElseThrow().morePercent())
        .isCloseTo(9.1, within(1e-9));
    assertThat(of("", null).words(KNOWS_X).getFirst()).contains("cannot be calibrated", "--model");
  }

  /** Three quarters of the time unseen, between 50 and 150 W around a mean of 100. */
  @Test
  void whatIsNotSeen_mayBeAnythingThatWasSeen_calibratedOrNot() {
    SensorWindow window = new SensorWindow(25, 65, 25);
    SensorFigures.Bound bound = of("X", window).bound(KNOWS_X).orElseThrow();
    assertThat(bound.morePercent()).isCloseTo(1 + 37.5, within(1e-9));
    assertThat(bound.lessPercent()).isCloseTo(1 + 37.5, within(1e-9));
    assertThat(of("X", window).words(KNOWS_X).getFirst()).contains("sees 25 % of the time");
  }

  @Test
  void theWidestOfSeveralSensorsCounts_andNoneIsNotKnown() {
    SensorFigures both =
        new SensorFigures(
            List.of(
                new SensorFigures.Sensor("X", "power.draw", null, 1, 1, 1),
                new SensorFigures.Sensor("Y", "power.draw", null, 1, 1, 1)));
    assertThat(both.bound(KNOWS_X).orElseThrow().morePercent()).isCloseTo(9.1, within(1e-9));
    assertThat(new SensorFigures(List.of()).bound(KNOWS_X)).isEmpty();
  }
}
