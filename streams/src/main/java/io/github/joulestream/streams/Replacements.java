// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Stream threads that failed and were replaced. A few failures within an hour are transient; beyond
 * that another thread would fail too, and the program ends. Safe for many threads.
 */
final class Replacements {
  static final Duration WITHIN = Duration.ofHours(1);

  private final int max;
  private final NanoClock clock;
  private final ArrayDeque<Long> recent = new ArrayDeque<>();
  private long failed;
  private long replaced;

  /**
   * Replacements of one topology.
   *
   * @param max threads replaced within an hour
   */
  Replacements(int max, NanoClock clock) {
    this.max = max;
    this.clock = clock;
  }

  /** A thread failed: true if it may be replaced, which is counted. */
  synchronized boolean failed() {
    failed++;
    long now = clock.nanos();
    recent.removeIf(then -> now - then >= WITHIN.toNanos());
    if (recent.size() >= max) {
      return false;
    }
    recent.add(now);
    replaced++;
    return true;
  }

  /** Failures since the start. */
  synchronized long failures() {
    return failed;
  }

  /** Threads replaced since the start. */
  synchronized long total() {
    return replaced;
  }
}
