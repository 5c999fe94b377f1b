// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long START = 1_700_000_000_000L;

  private long nanos = Long.MAX_VALUE - 5; // the clock may pass its end
  private final long origin = nanos;
  private final Progress progress =
      new Progress(
          "the loop",
          Duration.ofSeconds(60),
          () -> nanos,
          () -> START + (nanos - origin) / 1_000_000);

  private void pass(int seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void aLoopThatHasNotBegunIsNotStuck() {
    pass(1_000);
    assertThat(progress.stuck()).isEmpty();
  }

  @Test
  void aLoopThatTurnsIsNotStuckHoweverLongItRuns() {
    for (int i = 0; i < 100; i++) {
      progress.turned();
      pass(60);
      assertThat(progress.stuck()).isEmpty();
    }
  }

  @Test
  void whatIsDueAndDoesNotTurnIsStuckAndSaysSinceWhen() {
    progress.turned();
    pass(61);
    assertThat(progress.stuck())
        .hasValue("the loop is stuck: no progress since 2023-11-14T22:13:20Z, 61 s ago");
    assertThat(progress.or(Health.GOOD).ok()).isFalse();
    progress.turned();
    assertThat(progress.stuck()).isEmpty();
    assertThat(progress.or(Health.GOOD)).isEqualTo(Health.GOOD);
  }

  @Test
  void whoWaitsForWorkIsNotStuck() {
    progress.turned();
    progress.idle();
    pass(10_000);
    assertThat(progress.stuck()).isEmpty();
    progress.turned();
    pass(61);
    assertThat(progress.stuck()).isPresent();
  }
}
