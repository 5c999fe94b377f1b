// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EpochClockTest {
  @Test
  void aSteadyClock_advancesByTheMonotonicOne_whateverTheWallClockDoes() {
    AtomicLong wall = new AtomicLong(1_000_000);
    AtomicLong nanos = new AtomicLong(-5);
    EpochClock steady = EpochClock.steady(wall::get, nanos::get);
    assertThat(steady.epochMillis()).isEqualTo(1_000_000);
    wall.addAndGet(-3_600_000);
    nanos.addAndGet(2_000_000_000);
    assertThat(steady.epochMillis()).isEqualTo(1_002_000);
    wall.addAndGet(7_200_000);
    nanos.addAndGet(500_000_000);
    assertThat(steady.epochMillis()).isEqualTo(1_002_500);
  }
}
