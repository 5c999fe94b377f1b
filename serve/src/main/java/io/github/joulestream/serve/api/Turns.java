// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.http.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A bound on answers at once that take much memory and time of the store: others are refused. */
final class Turns {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Semaphore free;
  private final int ofOneViewer;
  private final Duration retry;
  private final Map<String, Integer> taken = new HashMap<>();

  /**
   * So many at once.
   *
   * @param ofOneViewer how many of them one viewer may have; those without a name and of one role
   *     are one viewer
   * @param retry after which time who was refused may come again
   */
  Turns(int atOnce, int ofOneViewer, Duration retry) {
    this.free = new Semaphore(atOnce, true);
    this.ofOneViewer = ofOneViewer;
    this.retry = retry;
  }

  /**
   * Takes one, for as long as it is open.
   *
   * @throws Problem if the viewer has as many as one may, or none becomes free in time
   */
  Turn take(Viewer viewer) throws Problem {
    String who = viewer.name().isEmpty() ? viewer.role().name() : "/" + viewer.name();
    if (!isCounted(who)) {
      throw Problem.tooMany("your other requests of this kind are still being answered", retry);
    }
    boolean isFree = false;
    try {
      isFree = free.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!isFree) {
        uncount(who);
      }
    }
    if (!isFree) {
      throw Problem.unavailable("others are being answered that take long; try again", retry);
    }
    return () -> {
      free.release();
      uncount(who);
    };
  }

  private synchronized boolean isCounted(String who) {
    int before = taken.getOrDefault(who, 0);
    if (before >= ofOneViewer) {
      return false;
    }
    taken.put(who, before + 1);
    return true;
  }

  private synchronized void uncount(String who) {
    taken.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
  }

  /** A turn. */
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }
}
