// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lines for people who wait: what is being done, once it has taken a second, and again every ten.
 * Thread-safe.
 */
public final class WaitingLines implements AutoCloseable {
  private static final long PATIENCE = Duration.ofSeconds(1).toNanos();
  private static final long AGAIN = Duration.ofSeconds(10).toNanos();
  private static final Duration LOOK = Duration.ofMillis(250);

  private final PrintWriter out;
  private final NanoClock clock;
  private final long begun;
  private @Nullable String what;
  private long due;
  private boolean closed;

  /** Begins; {@link #doing} says what. */
  public WaitingLines(PrintWriter out) {
    this(out, NanoClock.system(), true);
  }

  WaitingLines(PrintWriter out, NanoClock clock, boolean ticks) {
    this.out = out;
    this.clock = clock;
    begun = clock.nanos();
    if (ticks) {
      Thread.ofPlatform().daemon().start(this::ticks);
    }
  }

  /** What is being done from now on. */
  public synchronized void doing(String work) {
    what = work;
    due = clock.nanos() + PATIENCE;
  }

  private synchronized void ticks() {
    try {
      while (!closed) {
        wait(LOOK.toMillis());
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints what is due. */
  synchronized void tick() {
    long now = clock.nanos();
    if (what != null && now - due >= 0) {
      out.printf(Locale.ROOT, "%6.0f s  %s%n", (now - begun) / 1e9, ShownText.of(what));
      out.flush();
      due = now + AGAIN;
    }
  }

  /** Seconds since it began. */
  public double seconds() {
    return (clock.nanos() - begun) / 1e9;
  }

  @Override
  public synchronized void close() {
    what = null;
    closed = true;
    notifyAll();
  }
}
