// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A store that many threads ask: it has a few requests at a time, and the others wait for their
 * turn. Who has waited too long, or finds too many waiting, gets an {@link UncheckedIOException},
 * as the store is busy. A consumer of rows must not ask for others.
 */
public final class SharedStore implements HistoryStore {
  /** So many that a small store always has one to go on with; each has few rows in memory. */
  static final int REQUESTS = 12;

  /** Beyond that a store only falls farther behind. */
  static final int MOST_WAITING = 384;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final HistoryStore store;
  private final Duration longestWait;
  private final Semaphore turns = new Semaphore(REQUESTS, true);

  /** Closes the store when it is closed. */
  public SharedStore(HistoryStore store) {
    this(store, LONGEST_WAIT);
  }

  SharedStore(HistoryStore store, Duration longestWait) {
    this.store = store;
    this.longestWait = longestWait;
  }

  @Override
  public int requestsAtOnce() {
    // requests of others are under way
    return 1;
  }

  @Override
  public void read(Selection selection, Consumer<HistoryRow> rows) {
    inTurn(() -> {
      store.read(selection, rows);
      return true;
    });
  }

  @Override
  public SortedSet<String> sites(Measurement measurement) {
    return inTurn(() -> store.sites(measurement));
  }

  @Override
  public OptionalLong firstMillis(Selection of) {
    return inTurn(() -> store.firstMillis(of));
  }

  private <T> T inTurn(Supplier<T> request) {
    if (waiting() >= MOST_WAITING) {
      throw busy("%d wait for a turn".formatted(MOST_WAITING));
    }
    try {
      if (!turns.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy("no turn came within %s".formatted(Quantities.duration(longestWait.toMillis())));
      }
    } catch (InterruptedException e) {
      throw StoreReads.interrupted("the store was not read", e);
    }
    try {
      return request.get();
    } finally {
      turns.release();
    }
  }

  int waiting() {
    return turns.getQueueLength();
  }

  private static UncheckedIOException busy(String why) {
    return new UncheckedIOException(
        new IOException(
            "the store is busy: %d requests are under way, and %s".formatted(REQUESTS, why)));
  }

  @Override
  public void close() {
    store.close();
  }
}
