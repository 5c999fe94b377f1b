// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.store.ResultReader;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Ranges of time in which a store is asked. */
final class TimeRanges {
  /** All time that a store can hold. */
  static final TimeRange EVERYTHING = new TimeRange(0, ResultReader.END_EPOCH_MILLIS);

  private static final long DAY = 86_400_000;

  private TimeRanges() {}

  /** A range in parts of this length, the last of which can be shorter. */
  static List<TimeRange> split(TimeRange range, long partMillis) {
    List<TimeRange> parts = new ArrayList<>();
    for (long from = range.from(); from < range.to(); from += partMillis) {
      parts.add(new TimeRange(from, Math.min(range.to(), from + partMillis)));
    }
    return parts;
  }

  /**
   * Days as ranges, successive days as one.
   *
   * @param days number of days since the epoch
   * @param within what is outside is left out
   */
  static List<TimeRange> ofDays(SortedSet<Long> days, TimeRange within) {
    List<TimeRange> ranges = new ArrayList<>();
    for (long day : days) {
      long from = Math.max(within.from(), day * DAY);
      long to = Math.min(within.to(), (day + 1) * DAY);
      if (from >= to) {
        continue;
      }
      if (!ranges.isEmpty() && ranges.getLast().to() == from) {
        from = ranges.removeLast().from();
      }
      ranges.add(new TimeRange(from, to));
    }
    return ranges;
  }
}
