// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.ClockWatch;
import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** For commands that run until Ctrl-C: waits for it, and lets them stop in order. Thread-safe. */
public final class ShutdownSignal implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** A step back that delays heartbeats of Kafka's clients beyond what their session bears. */
  private static final long STEP_BACK_MILLIS = 5_000;

  private final NanoClock clock;
  private final ClockWatch watch;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  public ShutdownSignal() {
    this(EpochClock.system(), NanoClock.system());
  }

  ShutdownSignal(EpochClock wall, NanoClock clock) {
    this.clock = clock;
    this.watch = new ClockWatch(wall, clock);
    watch.step();
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

  /** Waits for a while; true if the end was requested. */
  public boolean await(Duration duration) throws InterruptedException {
    return asked.await(duration.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits for a while, and checks a program meanwhile; true if the end was requested.
   *
   * @param program its name, with its article
   * @param failure why it stopped, if it did
   * @throws UserError if it stopped, or if the wall clock was set back: Kafka's clients, whose
   *     waits are by it, stand still until the old time comes again
   */
  public boolean await(Duration duration, String program, Supplier<Optional<Throwable>> failure)
      throws InterruptedException {
    long end = clock.nanos() + duration.toNanos();
    do {
      Optional<Throwable> why = failure.get();
      if (why.isPresent()) {
        throw new UserError(program + " stopped: " + reason(why.get()), why.get());
      }
      checkClock();
      long left = end - clock.nanos();
      if (await(Duration.ofNanos(Math.clamp(left, 0, LOOK.toNanos())))) {
        return true;
      }
    } while (clock.nanos() - end < 0);
    return false;
  }

  /**
   * To be called again and again by a program that does not {@link #await(Duration, String,
   * Supplier)}.
   *
   * @throws UserError if the wall clock was set back since the last call
   */
  public void checkClock() {
    long back;
    synchronized (watch) {
      back = -watch.step();
    }
    if (back >= STEP_BACK_MILLIS) {
      throw new UserError(
          "the wall clock was set back by %,d s, for which Kafka's clients would stand still: start it again, as a supervisor does"
              .formatted(back / 1_000));
    }
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** True if the end was requested. */
  public boolean asked() {
    return asked.getCount() == 0;
  }

  /**
   * True if the end was requested, for a program that asks this again and again.
   *
   * @throws UserError if the wall clock was set back
   */
  public boolean askedWithClockChecked() {
    checkClock();
    return asked();
  }

  @Override
  public void close() {
    DeadThreads.ending();
    finished.countDown();
  }
}
