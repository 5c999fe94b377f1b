// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.StepFactors;
import org.junit.jupiter.api.Test;

class GiveBackTest {
  /** GPUs of a job that are idle for some quarters, one run after the other. */
  private static GiveBack runs(int... quarters) {
    GiveBack givenBack = new GiveBack();
    for (int run : quarters) {
      IdleTime idle = new IdleTime();
      for (int i = 0; i < run; i++) {
        givenBack.add(idle.add(i, 900_000, 100), 900_000, 100, StepFactors.NOTHING);
      }
    }
    return givenBack;
  }

  @Test
  void saved_isWhatIsAfterTheTime() {
    GiveBack givenBack = runs(1, 3, 20);
    assertThat(givenBack.charges(0).energy().value()).isEqualTo(24 * 100);
    assertThat(givenBack.charges(1).energy().value()).isEqualTo((2 + 19) * 100);
    assertThat(givenBack.charges(5).energy().value()).isEqualTo(4 * 100);
    assertThat(givenBack.gpuMillis(5)).isEqualTo(4 * 900_000);
    assertThat(givenBack.times(0)).isEqualTo(3);
    assertThat(givenBack.times(1)).isEqualTo(2);
    assertThat(givenBack.times(2)).isEqualTo(2);
    assertThat(givenBack.times(3)).isEqualTo(1);
    assertThat(GiveBack.minutes(5)).isEqualTo(240);
  }

  @Test
  void advised_isTheLongestThatSavesHalf() {
    // 4 quarters are saved after one, 3 after two, 1 after four
    assertThat(GiveBack.minutes(runs(5).advised())).isEqualTo(30);
    // 8, 7, 5, and 1 of them: 1 is not half of 8
    assertThat(GiveBack.minutes(runs(9).advised())).isEqualTo(60);
    // 6, 5, 3: exactly half
    assertThat(GiveBack.minutes(runs(7).advised())).isEqualTo(60);
    // 5, 4, 2: two fifths are less
    assertThat(GiveBack.minutes(runs(6).advised())).isEqualTo(30);
    assertThat(runs(1, 1).advised()).isEqualTo(-1);
    assertThat(runs().advised()).isEqualTo(-1);
  }

  @Test
  void aBreak_beginsAnotherRun() {
    IdleTime idle = new IdleTime();
    assertThat(idle.add(10, 1, 1)).isZero();
    assertThat(idle.add(11, 1, 1)).isEqualTo(1);
    assertThat(idle.add(13, 1, 1)).isZero();
    assertThat(idle.longestMillis()).isEqualTo(2 * 900_000);
    assertThat(idle.millis()).isEqualTo(3 * 900_000);
  }
}
