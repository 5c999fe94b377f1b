// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program one of whose threads has died does not do all of its work, and looks healthy from
 * outside. So it ends, with status 1, and its supervisor restarts it.
 */
public final class DeadThreads {
  private static final Logger log = LoggerFactory.getLogger(DeadThreads.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final AtomicBoolean ENDING = new AtomicBoolean();

  private DeadThreads() {}

  /**
   * From now on a thread that dies of an uncaught exception ends the process: in order if that is
   * possible within a minute, else at once.
   *
   * @param report receives one line with the reason
   */
  public static void endTheProcess(Consumer<String> report) {
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      log.error("Thread {} died", thread.getName(), e);
      if (ENDING.getAndSet(true)) {
        return;
      }
      report.accept("thread %s died, so this process ends: %s".formatted(thread.getName(), e));
      Thread.ofPlatform().name("last-resort").daemon().start(DeadThreads::haltInTime);
      // not in the dead thread itself: a caller that stops the program may wait for its end
      Thread.ofPlatform().name("end").daemon().start(() -> System.exit(1));
    });
  }

  /** The program stops: a thread that dies because a component was closed changes nothing. */
  public static void ending() {
    ENDING.set(true);
  }

  private static void haltInTime() {
    try {
      Thread.sleep(STOP_LIMIT);
    } catch (InterruptedException e) {
      log.debug("Interrupted: the process ends at once", e);
    }
    Runtime.getRuntime().halt(1);
  }
}
