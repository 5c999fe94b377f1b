// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store of which many people ask the same, as all who open the page of a site do. A small answer
 * is given again for two seconds after its request began, and who asks for what is being answered
 * waits for that answer. Windows are stored every 10 s. Answers that failed, or that somebody did
 * not read to the end, are not kept.
 */
public final class RecentReads implements HistoryStore {
  static final Duration KEPT = Duration.ofSeconds(2);
  static final int MOST_ROWS = 4_000;

  /** Of all answers together: a row of a ledger has about 1 kB. */
  static final int MOST_ROWS_IN_ALL = 50_000;

  private final HistoryStore store;
  private final NanoClock clock;
  // in the order in which they began
  private final Map<Selection, Answer> answers = new LinkedHashMap<>();
  private int rowsInAll;

  /** What a request was answered; null if others cannot have it. */
  private static final class Answer {
    private final long begunNanos;
    private final CompletableFuture<@Nullable List<HistoryRow>> rows = new CompletableFuture<>();
    private int size;

    private Answer(long begunNanos) {
      this.begunNanos = begunNanos;
    }
  }

  /** Closes the store when it is closed. */
  public RecentReads(HistoryStore store, NanoClock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public int requestsAtOnce() {
    return store.requestsAtOnce();
  }

  @Override
  public void read(Selection selection, Consumer<HistoryRow> rows) {
    Answer mine = new Answer(clock.nanos());
    Answer known = knownOr(selection, mine);
    List<HistoryRow> answered = known == mine ? null : await(known);
    if (answered != null) {
      answered.forEach(rows);
    } else if (known == mine) {
      ask(selection, mine, rows);
    } else {
      store.read(selection, rows);
    }
  }

  private synchronized Answer knownOr(Selection selection, Answer mine) {
    Answer known = answers.get(selection);
    if (known != null && (!known.rows.isDone() || isFresh(known))) {
      return known;
    }
    remove(selection, known);
    answers.put(selection, mine);
    return mine;
  }

  private boolean isFresh(Answer answer) {
    return clock.nanos() - answer.begunNanos < KEPT.toNanos();
  }

  private void ask(Selection selection, Answer mine, Consumer<HistoryRow> rows) {
    List<HistoryRow> copies = new ArrayList<>();
    boolean isWhole = false;
    try {
      store.read(
          selection,
          row -> {
            if (copies.size() <= MOST_ROWS) {
              copies.add(row.copy());
            }
            rows.accept(row);
          });
      isWhole = copies.size() <= MOST_ROWS;
    } finally {
      end(selection, mine, isWhole ? copies : null);
    }
  }

  private void end(Selection selection, Answer mine, @Nullable List<HistoryRow> rows) {
    synchronized (this) {
      if (rows == null) {
        remove(selection, mine);
      } else {
        mine.size = rows.size();
        rowsInAll += mine.size;
        removeOld();
      }
    }
    mine.rows.complete(rows);
  }

  private void remove(Selection selection, @Nullable Answer answer) {
    if (answer != null && answers.remove(selection, answer)) {
      rowsInAll -= answer.size;
    }
  }

  /** Those that are old, and the oldest if there are too many rows. */
  private void removeOld() {
    Iterator<Answer> oldest = answers.values().iterator();
    while (oldest.hasNext()) {
      Answer answer = oldest.next();
      if (answer.rows.isDone() && (!isFresh(answer) || rowsInAll > MOST_ROWS_IN_ALL)) {
        oldest.remove();
        rowsInAll -= answer.size;
      }
    }
  }

  private static @Nullable List<HistoryRow> await(Answer answer) {
    try {
      return answer.rows.get();
    } catch (InterruptedException e) {
      throw StoreReads.interrupted("the store was not read", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer ends with rows or without", e);
    }
  }

  /** Rows that are kept. */
  synchronized int rowsKept() {
    return rowsInAll;
  }

  @Override
  public SortedSet<String> sites(Measurement measurement) {
    return store.sites(measurement);
  }

  @Override
  public OptionalLong firstMillis(Selection of) {
    return store.firstMillis(of);
  }

  @Override
  public void close() {
    store.close();
  }
}
