// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
  private final AtomicLong wall = new AtomicLong(1_800_000_000_000L);
  private final AtomicLong nanos = new AtomicLong(-3);
  private final SteadyTime time = new SteadyTime(wall::get, nanos::get);

  @Test
  void commitsAreDue_afterTheWallClockWasSetBack() {
    long last = time.milliseconds();
    wall.addAndGet(-3_600_000);
    nanos.addAndGet(500_000_000);
    assertThat(time.milliseconds() - last).isEqualTo(500);
    assertThat(time.nanoseconds()).isEqualTo(499_999_997);
  }

  @Test
  void aWait_endsWithItsConditionOrItsDeadline() throws Exception {
    Object lock = new Object();
    time.waitObject(lock, () -> true, 0);
    // each look at the condition takes a second
    assertThatThrownBy(() ->
            time.waitObject(
                lock, () -> nanos.addAndGet(1_000_000_000) == 0, time.milliseconds() + 1_000))
        .isInstanceOf(TimeoutException.class);
  }
}
