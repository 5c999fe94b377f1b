// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A bound on answers at once that take much memory and time of the store: others are refused. */
final class Turns {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final Semaphore free;
  private final Duration retry;

  /**
   * So many at once.
   *
   * @param retry after which time who was refused may come again
   */
  Turns(int atOnce, Duration retry) {
    this.free = new Semaphore(atOnce, true);
    this.retry = retry;
  }

  /**
   * Takes one, for as long as it is open.
   *
   * @throws Problem if none becomes free in time
   */
  Turn take() throws Problem {
    try {
      if (free.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
        return free::release;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw Problem.unavailable("others are being answered that take long; try again", retry);
  }

  /** A turn. */
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }
}
