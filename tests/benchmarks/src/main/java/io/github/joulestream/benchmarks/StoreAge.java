// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks a store each second how old the end of its newest window of 10 s is. */
final class StoreAge implements AutoCloseable {
  private final QuestDbReader reader;
  private final String site;
  private final EpochClock clock = EpochClock.system();
  private final List<Double> seconds = new ArrayList<>();
  private final Thread thread = Thread.ofPlatform().name("store-age").unstarted(this::run);
  private volatile boolean stopping;

  StoreAge(URI store, String site) {
    this.reader = new QuestDbReader(store);
    this.site = site;
    thread.start();
  }

  private void run() {
    try {
      while (!stopping) {
        Long newest = reader.newestWindows().get(site);
        if (newest != null) {
          synchronized (seconds) {
            seconds.add((clock.epochMillis() - newest - Ledger.WINDOW_MILLIS) / 1e3);
          }
        }
        TimeUnit.SECONDS.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      // a query that the end interrupts is no failure
      if (!stopping) {
        throw e;
      }
    }
  }

  /** Since the last call. */
  List<Double> take() {
    synchronized (seconds) {
      List<Double> taken = List.copyOf(seconds);
      seconds.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reader.close();
  }
}
