// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.CairoException;
import io.questdb.cairo.TableToken;
import io.questdb.cairo.wal.seq.SeqTxnTracker;
import io.questdb.griffin.SqlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resumes tables that the store has suspended. It takes points into the write-ahead log of a table
 * and acknowledges them; where it then cannot move them into the table, as on a full disk, it
 * suspends the table for ever: it takes further points, and nobody sees them. Here a suspended
 * table is tried again as soon as there is room, at first after a second, later less often.
 */
final class SuspendedTables implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SuspendedTables.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  // below it a try would fill the disk again
  private static final long ROOM_BYTES = 16L << 20;

  private final Path folder;
  private final CairoEngine engine;
  private final NanoClock clock = NanoClock.system();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("store-tables").unstarted(this::watch);
  private Duration pause = LOOK;
  private long triedNanos = clock.nanos();
  private boolean reported;

  private SuspendedTables(Path folder, CairoEngine engine) {
    this.folder = folder;
    this.engine = engine;
  }

  /** Watches the tables of a store, whose data are in this folder, until it is closed. */
  static SuspendedTables watch(Path folder, CairoEngine engine) {
    SuspendedTables tables = new SuspendedTables(folder, engine);
    tables.thread.start();
    return tables;
  }

  private void watch() {
    try {
      while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          look();
        } catch (IOException | SqlException | CairoException e) {
          log.warn("The store's tables in {} cannot be checked: {}", folder, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws IOException, SqlException {
    List<TableToken> suspended =
        tables().filter(engine.getTableSequencerAPI()::isSuspended).toList();
    if (suspended.isEmpty()) {
      if (reported && tables().allMatch(this::isApplied)) {
        log.warn("The store in {} applies points again", folder);
        reported = false;
        pause = LOOK;
      }
      return;
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (!reported) {
      reported = true;
      log.warn(
          "The store in {} keeps points of {} tables without applying them ({} MiB free): {};"
              + " tried again once {} MiB are free",
          folder,
          suspended.size(),
          free >> 20,
          tracker(suspended.getFirst()).getErrorMessage(),
          ROOM_BYTES >> 20);
    }
    if (free < ROOM_BYTES || clock.nanos() - triedNanos < pause.toNanos()) {
      return;
    }
    for (TableToken table : suspended) {
      engine.execute("ALTER TABLE %s RESUME WAL".formatted(table.getTableName()));
    }
    triedNanos = clock.nanos();
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
  }

  private Stream<TableToken> tables() {
    return Stream.of(Measurement.values())
        .map(measurement -> engine.verifyTableName(measurement.measurementName()));
  }

  private SeqTxnTracker tracker(TableToken table) {
    return engine.getTableSequencerAPI().getTxnTracker(table);
  }

  private boolean isApplied(TableToken table) {
    SeqTxnTracker tracker = tracker(table);
    return tracker.getWriterTxn() == tracker.getSeqTxn();
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
