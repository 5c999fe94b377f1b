// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.connect;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.HistoryStore;
import io.github.joulestream.store.history.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store that may not be there yet: it is connected to when something is first read, and until
 * that succeeds every read fails as those of a store that cannot be reached. It is tried again at
 * most once in two seconds, by one thread; others do not wait for it.
 */
final class LaterStore implements HistoryStore {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Connect connect;
  private final NanoClock clock;
  private volatile @Nullable HistoryStore store;
  private volatile String trouble = "it is not connected yet";
  private volatile boolean closed;
  private boolean trying;
  private boolean tried;
  private long triedAt;

  /** Connects to a store. */
  @FunctionalInterface
  interface Connect {
    /**
     * Connects.
     *
     * @throws IOException if it cannot be reached
     * @throws UserError if it is none, or denies access
     */
    HistoryStore store() throws IOException;
  }

  LaterStore(Connect connect, NanoClock clock) {
    this.connect = connect;
    this.clock = clock;
  }

  private HistoryStore connected() {
    HistoryStore known = store;
    if (known != null) {
      return known;
    }
    if (closed || !mayTry()) {
      throw new UncheckedIOException(
          new IOException("the store cannot be reached: " + (closed ? "closed" : trouble)));
    }
    try {
      HistoryStore connected = connect.store();
      store = connected;
      return connected;
    } catch (IOException | UserError e) {
      trouble = String.valueOf(e.getMessage());
      throw new UncheckedIOException(
          e instanceof IOException io ? io : new IOException(e.getMessage(), e));
    } finally {
      triedNow();
    }
  }

  private synchronized boolean mayTry() {
    if (trying || (tried && clock.nanos() - triedAt < PAUSE.toNanos())) {
      return false;
    }
    trying = true;
    return true;
  }

  private synchronized void triedNow() {
    trying = false;
    tried = true;
    triedAt = clock.nanos();
  }

  @Override
  public int requestsAtOnce() {
    HistoryStore known = store;
    return known == null ? 1 : known.requestsAtOnce();
  }

  @Override
  public void read(Selection selection, Consumer<HistoryRow> rows) {
    connected().read(selection, rows);
  }

  @Override
  public SortedSet<String> sites(Measurement measurement) {
    return connected().sites(measurement);
  }

  @Override
  public OptionalLong firstMillis(Selection of) {
    return connected().firstMillis(of);
  }

  @Override
  public void close() {
    closed = true;
    HistoryStore known = store;
    if (known != null) {
      known.close();
    }
  }
}
