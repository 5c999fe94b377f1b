// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a store answers: a thread reads a little of it now and then. It is away once it has not
 * answered for {@link #SILENCE}, so that neither a single error nor a busy store counts.
 */
final class StoreWatch implements AutoCloseable {
  static final Duration SILENCE = Duration.ofSeconds(11);

  private static final Logger log = LoggerFactory.getLogger(StoreWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(4);

  private final Runnable read;
  private final NanoClock clock;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("store-watch").daemon().unstarted(this::run);
  private volatile long answered;

  /**
   * Watches from {@link #start} on.
   *
   * @param read reads a little; throws {@link UncheckedIOException} if the store cannot be read
   */
  StoreWatch(Runnable read, NanoClock clock) {
    this.read = read;
    this.clock = clock;
    this.answered = clock.nanos();
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        ask();
      } while (!ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // close() ends the waiting
    }
  }

  /** Asks once. */
  void ask() {
    try {
      read.run();
      answered = clock.nanos();
    } catch (RuntimeException e) {
      log.debug("The store does not answer", e);
    }
  }

  private boolean isAway() {
    return clock.nanos() - answered > SILENCE.toNanos();
  }

  /** The health of the rest, and not ready while the store is away. */
  Health of(Health rest) {
    return rest.ready() && isAway() ? Health.starting("the store does not answer") : rest;
  }

  /** What is put after a line; empty while it answers. */
  String words() {
    return isAway() ? "; the store does not answer" : "";
  }

  @Override
  public void close() {
    ended.countDown();
    thread.interrupt();
  }
}
