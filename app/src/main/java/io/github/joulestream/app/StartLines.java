// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lines on the start of the topologies: one when all tasks run for the first time, and every 10 s
 * how far the restoration of state is, also when tasks move later. One thread.
 */
final class StartLines {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final PrintStream out;
  private final NanoClock clock;
  private boolean started;
  private boolean restoring;
  private long printedNanos;

  StartLines(PrintStream out, NanoClock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Prints what is due.
   *
   * @param ready true while all tasks run
   * @param line how far the restoration of state is, if there is one
   */
  void look(boolean ready, Supplier<Optional<String>> line) {
    if (ready) {
      if (!started || restoring) {
        out.println(
            started
                ? "the topologies run, with all state"
                : "the topologies run; Ctrl-C stops them");
      }
      started = true;
      restoring = false;
      return;
    }
    Optional<String> text = line.get();
    if (text.isPresent() && (!restoring || clock.nanos() - printedNanos >= INTERVAL.toNanos())) {
      restoring = true;
      printedNanos = clock.nanos();
      out.println(ShownText.of(text.get()));
    }
  }
}
