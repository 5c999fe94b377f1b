// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.store.history.TooManyRows;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Reads the store, whose failures are problems of a request. */
final class FromStore {
  private static final Duration RETRY = Duration.ofSeconds(10);

  private FromStore() {}

  /** What reads. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws Problem;
  }

  /**
   * Reads rows, which are taken in as they arrive.
   *
   * @param parameter that makes the answer smaller
   */
  static void rows(String parameter, Runnable reading) throws Problem {
    read(
        parameter,
        () -> {
          reading.run();
          return true;
        });
  }

  /**
   * Reads.
   *
   * @param parameter that makes the answer smaller
   */
  static <T> T read(String parameter, Reading<T> reading) throws Problem {
    try {
      return reading.read();
    } catch (TooManyRows e) {
      Problem problem =
          Problem.tooMuch(
              parameter,
              "the store would have to be asked for more than %,d rows; ask for less at once"
                  .formatted(e.most()));
      problem.addSuppressed(e);
      throw problem;
    } catch (BoundedHistory.TookTooLong e) {
      Problem problem =
          Problem.tooMuch(parameter, "that takes too long to answer; ask for less at once");
      problem.addSuppressed(e);
      throw problem;
    } catch (UncheckedIOException e) {
      Problem problem = Problem.unavailable("the store cannot be read now", RETRY);
      problem.addSuppressed(e);
      throw problem;
    }
  }
}
