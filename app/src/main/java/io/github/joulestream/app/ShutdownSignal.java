// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** For commands that run until Ctrl-C: waits for it, and lets them stop in order. */
final class ShutdownSignal implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final NanoClock clock = NanoClock.system();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  ShutdownSignal() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  asked.countDown();
                  try {
                    finished.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** Waits for a while; true if the end was asked for. */
  boolean await(Duration duration) throws InterruptedException {
    return asked.await(duration.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits for a while, and looks after what runs meanwhile; true if the end was asked for.
   *
   * @param program what it is, with its article
   * @param failure why it gave up, if it did
   * @throws UserError if it gave up
   */
  boolean await(Duration duration, String program, Supplier<Optional<Throwable>> failure)
      throws InterruptedException {
    long end = clock.nanos() + duration.toNanos();
    do {
      Optional<Throwable> why = failure.get();
      if (why.isPresent()) {
        throw new UserError(program + " stopped: " + reason(why.get()), why.get());
      }
      long left = end - clock.nanos();
      if (await(Duration.ofNanos(Math.clamp(left, 0, LOOK.toNanos())))) {
        return true;
      }
    } while (clock.nanos() - end < 0);
    return false;
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  boolean asked() {
    return asked.getCount() == 0;
  }

  @Override
  public void close() {
    DeadThreads.ending();
    finished.countDown();
  }
}
