// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lines on how a program does that runs for months: with the time, at a change of its state, and
 * else once in a while.
 */
final class StatusLines {
  private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(10);

  private final PrintStream out;
  private final Clock clock;
  private @Nullable String saidState;
  private Instant saidAt = Instant.MIN;

  StatusLines(PrintStream out) {
    this(out, Clock.systemUTC());
  }

  StatusLines(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Says how it does, if that is to be said again.
   *
   * @param state what must not change without a line
   */
  void say(String state, String line) {
    Instant now = clock.instant();
    if (!state.equals(saidState) || Duration.between(saidAt, now).compareTo(AT_LEAST_EVERY) >= 0) {
      saidState = state;
      saidAt = now;
      out.printf("%s %s%n", now.truncatedTo(ChronoUnit.SECONDS), line);
    }
  }
}
