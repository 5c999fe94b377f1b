// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import java.util.random.RandomGenerator;

/** Pauses that grow while somebody is away. Owned by one thread. */
final class Backoff {
  static final long FIRST_MILLIS = 500;
  static final long MAX_MILLIS = 15_000;
  // who asks for more gets asked again all the same
  static final long MAX_WISH_MILLIS = 300_000;

  private final RandomGenerator jitter;
  private long next = FIRST_MILLIS;

  Backoff(RandomGenerator jitter) {
    this.jitter = jitter;
  }

  /**
   * The next pause, ms: twice the last one, or what was asked for if that is more; and up to half
   * as much again, so that not all come back at once.
   */
  long pauseMillis(long wishMillis) {
    long pause = Math.max(next, Math.min(MAX_WISH_MILLIS, wishMillis));
    next = Math.min(MAX_MILLIS, next * 2);
    return pause + jitter.nextLong(pause / 2 + 1);
  }

  /** It is back. */
  void reset() {
    next = FIRST_MILLIS;
  }
}
