// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program one of whose threads has died does part of its work at best, and looks well from
 * outside. So it ends, with status 1, and whoever looks after it starts it anew.
 */
public final class DeadThreads {
  private static final Logger log = LoggerFactory.getLogger(DeadThreads.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private DeadThreads() {}

  /**
   * From now on a thread that dies of what nobody caught ends the process: in order if that is
   * possible within a minute, else at once.
   *
   * @param say is given one line that says why
   */
  public static void endTheProcess(Consumer<String> say) {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      log.error("thread {} died", thread.getName(), e);
      if (ENDING.getAndSet(true)) {
        return;
      }
      say.accept("thread %s died, so this process ends: %s".formatted(thread.getName(), e));
      Thread.ofPlatform().name("last-resort").daemon().start(DeadThreads::haltInTime);
      // not in the dead thread itself: whoever stops the program may wait for its end
      Thread.ofPlatform().name("end").daemon().start(() -> System.exit(1));
    });
  }

  /** The program stops: a thread that dies of its parts being closed changes nothing. */
  public static void ending() {
    ENDING.set(true);
  }

  private static void haltInTime() {
    try {
      Thread.sleep(STOP_LIMIT);
    } catch (InterruptedException e) {
      log.debug("interrupted, so it ends at once", e);
    }
    Runtime.getRuntime().halt(1);
  }
}
