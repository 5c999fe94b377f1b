// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries while a server is unavailable: each is twice the one before up to a limit,
 * plus a random share of up to half, so that clients do not all return at once. Used by one thread.
 */
public final class Backoff {
  /** Longest pause that a server's {@code Retry-After} can ask for. */
  public static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

  private final long firstMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private long nextMillis;

  /**
   * @param first the first pause
   * @param max the longest pause, before the random share is added
   */
  public Backoff(Duration first, Duration max, RandomGenerator random) {
    if (!first.isPositive() || max.compareTo(first) < 0) {
      throw new IllegalArgumentException("pauses from %s to %s".formatted(first, max));
    }
    this.firstMillis = first.toMillis();
    this.maxMillis = max.toMillis();
    this.random = random;
    this.nextMillis = firstMillis;
  }

  /**
   * The next pause, ms, with its random share.
   *
   * @param retryAfterMillis what the server asked for, ms; 0 if it did not ask
   */
  public long pauseMillis(long retryAfterMillis) {
    long pause = Math.max(nextMillis, Math.min(MAX_RETRY_AFTER.toMillis(), retryAfterMillis));
    nextMillis = Math.min(maxMillis, nextMillis * 2);
    return withRandomShare(pause);
  }

  /** A pause of fixed length, ms, with a random share of up to half. */
  public long withRandomShare(long pauseMillis) {
    return pauseMillis + random.nextLong(pauseMillis / 2 + 1);
  }

  /** The server answered: the next pause is the first again. */
  public void reset() {
    nextMillis = firstMillis;
  }
}
