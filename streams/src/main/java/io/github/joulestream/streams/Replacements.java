// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Threads that failed and were replaced: a few within an hour are bad luck, more are a fault that
 * another thread does not mend. Safe for many threads.
 */
final class Replacements {
  static final int MOST = 10;
  static final Duration WITHIN = Duration.ofHours(1);

  private final NanoClock clock;
  private final ArrayDeque<Long> lately = new ArrayDeque<>();
  private long total;

  Replacements(NanoClock clock) {
    this.clock = clock;
  }

  /** Whether one more may be replaced; counts it. */
  synchronized boolean oneMore() {
    long now = clock.nanos();
    lately.removeIf(then -> now - then >= WITHIN.toNanos());
    if (lately.size() >= MOST) {
      return false;
    }
    lately.add(now);
    total++;
    return true;
  }

  /** All of them since the start. */
  synchronized long total() {
    return total;
  }
}
