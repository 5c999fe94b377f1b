// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.ShownText;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Status lines of a program that runs for months: with the time, when its state changes, and
 * otherwise every ten minutes.
 */
public final class StatusLines {
  private static final Duration MAX_SILENCE = Duration.ofMinutes(10);

  private final PrintStream out;
  private final Clock clock;
  private @Nullable String printedState;
  private Instant printedAt = Instant.MIN;

  public StatusLines(PrintStream out) {
    this(out, Clock.systemUTC());
  }

  StatusLines(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Prints a line, as {@link ShownText} shows it, if the state changed, or if ten minutes have
   * passed since the last line.
   *
   * @param state compared with that of the last line
   */
  public void print(String state, String line) {
    Instant now = clock.instant();
    if (!state.equals(printedState)
        || Duration.between(printedAt, now).compareTo(MAX_SILENCE) >= 0) {
      printedState = state;
      printedAt = now;
      out.printf("%s %s%n", now.truncatedTo(ChronoUnit.SECONDS), ShownText.of(line));
    }
  }
}
