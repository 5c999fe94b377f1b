// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.store.history.TooManyRows;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of the store for an answer: what goes wrong in them is a {@link Problem}. */
final class Store {
  private static final Logger log = LoggerFactory.getLogger(Store.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private Store() {}

  /**
   * Reads.
   *
   * @throws Problem if there are too many rows, or the store cannot be read
   */
  static void read(Runnable read) throws Problem {
    try {
      read.run();
    } catch (TooManyRows e) {
      Problem problem =
          Problem.tooMuch(
              "from", "that has more than %,d rows; ask for a shorter range".formatted(e.most()));
      problem.addSuppressed(e);
      throw problem;
    } catch (UncheckedIOException e) {
      log.warn("the store was not read: {}", e.getMessage());
      Problem problem = Problem.unavailable("the store cannot be read now", RETRY);
      problem.addSuppressed(e);
      throw problem;
    }
  }
}
