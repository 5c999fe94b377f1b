// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Quantities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Limits of one read: its rows, and the time until the last of them. */
final class Bounded {
  /** For all requests of a read together, with the time that they wait for their turn. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final int mostRows;
  private final NanoClock clock;
  private final long startNanos;
  private int rows;

  Bounded(int mostRows, NanoClock clock) {
    if (mostRows < 0) {
      throw new IllegalArgumentException("%d rows at most".formatted(mostRows));
    }
    this.mostRows = mostRows;
    this.clock = clock;
    this.startNanos = clock.nanos();
  }

  /** A limit for the store, by which it shows that there are too many. */
  int oneMore() {
    return mostRows == Integer.MAX_VALUE ? mostRows : mostRows + 1;
  }

  /** Counts a row, before it is passed on. */
  void count() {
    inTime();
    rows++;
    if (rows > mostRows) {
      throw new TooManyRows(mostRows);
    }
  }

  /** Ends what takes too long. */
  void inTime() {
    if (clock.nanos() - startNanos > LONGEST.toNanos()) {
      throw new UncheckedIOException(
          new IOException(
              "the store has not answered in full within "
                  + Quantities.duration(LONGEST.toMillis())));
    }
  }
}
