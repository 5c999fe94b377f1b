// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aStepOfTheWallClock_isNoticed_andADriftIsNot() {
    AtomicLong wall = new AtomicLong(1_700_000_000_000L);
    AtomicLong monotonic = new AtomicLong(-5 * SECOND);
    ClockWatch watch = new ClockWatch(wall::get, monotonic::get);
    assertThat(watch.step()).isZero();
    for (int i = 0; i < 100; i++) {
      wall.addAndGet(1_001); // 1,000 ppm, more than NTP slews
      monotonic.addAndGet(SECOND);
      assertThat(watch.step()).isZero();
    }
    wall.addAndGet(1_000 - 3_600_000);
    monotonic.addAndGet(SECOND);
    assertThat(watch.step()).isEqualTo(-3_600_000);
    wall.addAndGet(1_000);
    monotonic.addAndGet(SECOND);
    assertThat(watch.step()).isZero();
    wall.addAndGet(1_700);
    monotonic.addAndGet(SECOND);
    assertThat(watch.step()).isEqualTo(700);
  }
}
