// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShutdownSignalTest {
  private final AtomicLong wall = new AtomicLong(1_800_000_000_000L);

  private static boolean look(ShutdownSignal signal) throws InterruptedException {
    return signal.await(Duration.ZERO, "the program", Optional::empty);
  }

  @Test
  void aWallClockThatIsSetBack_endsTheProgram_andOneThatIsSetAheadDoesNot() throws Exception {
    try (ShutdownSignal signal = new ShutdownSignal(wall::get, () -> 0)) {
      assertThat(look(signal)).isFalse();
      wall.addAndGet(3_600_000);
      assertThat(look(signal)).isFalse();
      wall.addAndGet(-4_999);
      assertThat(look(signal)).isFalse();
      wall.addAndGet(-3_600_000);
      assertThatThrownBy(() -> look(signal))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the wall clock was set back by 3,600 s")
          .hasMessageContaining("start it again");
    }
  }

  @Test
  void aProgramThatDoesNotWait_endsToo() {
    try (ShutdownSignal signal = new ShutdownSignal(wall::get, () -> 0)) {
      assertThat(signal.askedWithClockChecked()).isFalse();
      wall.addAndGet(-5_000);
      assertThatThrownBy(signal::askedWithClockChecked)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("set back by 5 s");
    }
  }
}
