// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A log for errors that may come a million times: of each kind one line a minute, with the number
 * of lines that were left out since. Texts from outside are shown safely. Remembers a bounded
 * number of kinds, and logs no more lines than that within a minute, however many kinds there are;
 * safe for many threads.
 */
public final class DistinctErrors {
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final int MAX_KINDS = 256;

  private final Consumer<String> log;
  private final NanoClock clock;
  // the kind that was logged last at the end
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private long leftOutOfMany;

  private static final class Kind {
    long loggedNanos;
    long leftOut;
  }

  /**
   * Errors for this log.
   *
   * @param log takes each line: {@code log::warn}
   */
  public DistinctErrors(Consumer<String> log) {
    this(log, NanoClock.system());
  }

  DistinctErrors(Consumer<String> log, NanoClock clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * Logs a line, unless one of its kind was logged within the last minute.
   *
   * @param kind what lines have in common: the topic and the reason without its values
   * @param line one line, with the values: partition, offset, the complete reason
   */
  public void warn(String kind, String line) {
    long leftOut = leftOut(kind);
    if (leftOut == 0) {
      log.accept(ShownText.of(line));
    } else if (leftOut > 0) {
      log.accept("%s (%d more like it were not logged)".formatted(ShownText.of(line), leftOut));
    }
  }

  /** Lines left out since the last, or -1 if this one is to be left out too. */
  private synchronized long leftOut(String kind) {
    long now = clock.nanos();
    Kind known = kinds.get(kind);
    if (known != null && now - known.loggedNanos < INTERVAL.toNanos()) {
      known.leftOut++;
      return -1;
    }
    kinds.remove(kind);
    if (known == null) {
      known = new Kind();
      if (kinds.size() == MAX_KINDS) {
        var eldest = kinds.entrySet().iterator();
        if (now - eldest.next().getValue().loggedNanos < INTERVAL.toNanos()) {
          leftOutOfMany++;
          return -1;
        }
        eldest.remove();
      }
      // of kinds for which there was no room
      known.leftOut = leftOutOfMany;
      leftOutOfMany = 0;
    }
    long leftOut = known.leftOut;
    known.loggedNanos = now;
    known.leftOut = 0;
    kinds.put(kind, known);
    return leftOut;
  }
}
