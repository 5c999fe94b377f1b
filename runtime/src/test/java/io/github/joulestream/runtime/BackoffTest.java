// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long FIRST = 500;
  private static final long MAX = 15_000;

  private final Backoff backoff =
      new Backoff(Duration.ofMillis(FIRST), Duration.ofMillis(MAX), new Random(1));

  @Test
  void pausesDouble_upToALimit_andStartAgain() {
    for (int i = 0; i < 20; i++) {
      long pause = Math.min(MAX, FIRST << Math.min(i, 10));
      assertThat(backoff.pauseMillis(0)).isBetween(pause, pause * 3 / 2);
    }
    backoff.reset();
    assertThat(backoff.pauseMillis(0)).isBetween(FIRST, FIRST * 3 / 2);
  }

  @Test
  void theServersWish_isHonouredWithinFiveMinutes() {
    assertThat(backoff.pauseMillis(60_000)).isBetween(60_000L, 90_000L);
    assertThat(backoff.pauseMillis(86_400_000)).isBetween(300_000L, 450_000L);
    // a shorter wish than the own pause does not count
    assertThat(backoff.pauseMillis(1)).isBetween(FIRST * 4, FIRST * 6);
  }

  @Test
  void pausesThatDoNotGrow_areRefused() {
    assertThatThrownBy(
            () -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), new Random()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), new Random()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
