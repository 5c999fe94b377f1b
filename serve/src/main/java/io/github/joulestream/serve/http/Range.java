// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.store.history.TimeRange;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A range of time as it was understood; Jackson writes it as the document's {@code Range}.
 *
 * @param from inclusive, whole milliseconds
 * @param to exclusive, after it
 * @param zone whose days are meant
 */
public record Range(Instant from, Instant to, ZoneId zone) {
  public Range {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException(from + " is not before " + to);
    }
  }

  /** The same as the store takes it. */
  public TimeRange millis() {
    return new TimeRange(from.toEpochMilli(), to.toEpochMilli());
  }

  /** From the start of the step that it begins in to the end of the step that it ends in. */
  public Range aligned(int stepMillis) {
    long last = to.toEpochMilli() - 1;
    return new Range(
        Instant.ofEpochMilli(Math.floorDiv(from.toEpochMilli(), stepMillis) * (long) stepMillis),
        Instant.ofEpochMilli((Math.floorDiv(last, stepMillis) + 1L) * stepMillis),
        zone);
  }

  /** How many steps it has, once it is {@link #aligned}. */
  public long steps(int stepMillis) {
    Range whole = aligned(stepMillis);
    return (whole.to.toEpochMilli() - whole.from.toEpochMilli()) / stepMillis;
  }
}
