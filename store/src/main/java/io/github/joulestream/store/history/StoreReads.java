// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Reads in requests of bounded time: a month of it at most, so that neither a small store nor its
 * limit of time for a query is met.
 */
final class StoreReads {
  static final long DAY = 86_400_000;
  private static final long MOST_DAYS_OF_A_REQUEST = 31;

  private final HistoryStore store;

  StoreReads(HistoryStore store) {
    this.store = store;
  }

  /** A month at a time, one after the other: rows of a site come by time. */
  void inOrder(Selection selection, Consumer<HistoryRow> rows) {
    parts(selection, MOST_DAYS_OF_A_REQUEST * DAY).forEach(part -> store.read(part, rows));
  }

  /** A month at a time, or less, so that no request has to wait for another. */
  void all(Selection selection, Consumer<HistoryRow> rows) {
    long share = Math.ceilDiv(selection.range().millis(), (long) store.requestsAtOnce());
    long days = Math.clamp(Math.ceilDiv(share, DAY), 1, MOST_DAYS_OF_A_REQUEST);
    RequestsAtOnce.read(store, parts(selection, days * DAY), rows);
  }

  static List<Selection> parts(Selection selection, long partMillis) {
    if (selection.isOfNothing()) {
      return List.of();
    }
    return TimeRanges.split(selection.range(), partMillis).stream().map(selection::within).toList();
  }

  /**
   * Points of a range, and those before it that meet the condition. Of the time before, first one
   * field is read, then all fields of the days that have such points: they are few, and a store
   * that reads all fields of all points to judge them would take as long as for a whole year.
   */
  void alsoBefore(Selection selection, TimeRange before, String field, Consumer<HistoryRow> rows) {
    if (selection.isOfNothing()) {
      return;
    }
    for (TimeRange part : daysWith(selection.limited(0).within(before), field)) {
      all(selection.within(part), rows);
    }
    all(selection, rows);
  }

  /**
   * Points of which there are few in a range of any length, one request after the other: one finds
   * their days, and those alone are read.
   */
  void fewInOrder(Selection selection, String field, Consumer<HistoryRow> rows) {
    if (selection.isOfNothing()) {
      return;
    }
    for (TimeRange part : daysWith(selection, field)) {
      inOrder(selection.within(part), rows);
    }
  }

  private List<TimeRange> daysWith(Selection selection, String field) {
    TreeSet<Long> days = new TreeSet<>();
    store.read(
        selection.selecting(List.of(field)), row -> days.add(Math.floorDiv(millis(row), DAY)));
    return TimeRanges.ofDays(days, selection.range());
  }

  /** What a read throws that was interrupted; the thread is again. */
  static UncheckedIOException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(cause);
    return new UncheckedIOException(what, interrupted);
  }

  /** Time of a row, Unix epoch, ms. */
  static long millis(HistoryRow row) {
    return Math.floorDiv(row.number(Selection.TIME), 1_000_000);
  }

  static long floor(long epochMillis, long stepMillis) {
    return Math.floorDiv(epochMillis, stepMillis) * stepMillis;
  }
}
