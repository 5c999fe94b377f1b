// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * What {@link StoredHistory} asks of a store. Every method throws {@link
 * java.io.UncheckedIOException} if the store cannot be reached, refuses it or ends an answer in its
 * middle. A measurement or field that it does not have yet is no error.
 */
public interface HistoryStore extends AutoCloseable {
  /** How many requests it answers in less time together than one after the other. */
  int requestsAtOnce();

  /**
   * Passes rows on as they arrive. Called by as many threads as there are requests at once.
   *
   * @param rows is given the same object for each row
   */
  void read(Selection selection, Consumer<HistoryRow> rows);

  /** Names of the sites of a measurement. */
  SortedSet<String> sites(Measurement measurement);

  /**
   * Time of the first of these points, Unix epoch, ms; empty if there is none.
   *
   * @param of fields: one, that every point has
   */
  OptionalLong firstMillis(Selection of);

  @Override
  void close();
}
