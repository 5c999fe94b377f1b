// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Several requests of one reader at a time. Rows are passed on one after the other, by any of the
 * threads; all threads have ended when it returns.
 */
final class RequestsAtOnce {
  private final HistoryStore store;
  private final Consumer<HistoryRow> rows;
  private final Lock lock = new ReentrantLock();
  private boolean failed;

  private RequestsAtOnce(HistoryStore store, Consumer<HistoryRow> rows) {
    this.store = store;
    this.rows = rows;
  }

  /** Reads all; throws what the first of them throws that fails. */
  static void read(HistoryStore store, List<Selection> selections, Consumer<HistoryRow> rows) {
    if (selections.size() < 2 || store.requestsAtOnce() < 2) {
      selections.forEach(selection -> store.read(selection, rows));
      return;
    }
    RequestsAtOnce requests = new RequestsAtOnce(store, rows);
    try (ExecutorService threads = Executors.newFixedThreadPool(store.requestsAtOnce())) {
      try {
        requests.read(new ExecutorCompletionService<>(threads), selections);
      } catch (RuntimeException | Error e) {
        requests.stop();
        threads.shutdownNow();
        throw e;
      }
    }
  }

  private void read(CompletionService<Boolean> threads, List<Selection> selections) {
    for (Selection selection : selections) {
      threads.submit(() -> store.read(selection, this::pass), true);
    }
    for (int i = 0; i < selections.size(); i++) {
      try {
        threads.take().get();
      } catch (ExecutionException e) {
        switch (requireNonNullElse(e.getCause(), e)) {
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          case Throwable other -> throw new IllegalStateException(other);
        }
      } catch (InterruptedException e) {
        throw StoreReads.interrupted("the store was not read to the end", e);
      }
    }
  }

  private void pass(HistoryRow row) {
    lock.lock();
    try {
      if (failed) {
        throw new CancellationException("another request failed");
      }
      rows.accept(row);
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    lock.lock();
    try {
      failed = true;
    } finally {
      lock.unlock();
    }
  }
}
