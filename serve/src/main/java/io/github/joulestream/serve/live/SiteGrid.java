// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The newest intervals of a site's supply. Owned by its site. */
final class SiteGrid {
  /** Intervals that ended longer ago are dropped, ms. */
  static final long KEPT_MILLIS = 2L * 86_400_000;

  /** Two days and a forecast of a week, each quarter of an hour, for twenty series. */
  static final int INTERVALS = 20_000;

  private final TreeMap<Key, GridInterval> latest = new TreeMap<>();

  private record Key(GridSeries series, long from, long to) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::series).thenComparingLong(Key::from).thenComparingLong(Key::to);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Takes in an issue of an interval.
   *
   * @throws IllegalArgumentException if there are too many intervals
   */
  void accept(GridInterval issue, long nowMillis) {
    if (issue.to() <= nowMillis - KEPT_MILLIS) {
      return;
    }
    Key key = new Key(issue.series(), issue.from(), issue.to());
    GridInterval before = latest.get(key);
    if (before == null && latest.size() >= INTERVALS) {
      dropEnded(nowMillis);
      if (latest.size() >= INTERVALS) {
        throw new IllegalArgumentException(
            "over %d intervals of the supply of a site".formatted(INTERVALS));
      }
    }
    if (before == null || before.issued() <= issue.issued()) {
      latest.put(key, issue);
    }
  }

  void dropEnded(long nowMillis) {
    latest.keySet().removeIf(key -> key.to() <= nowMillis - KEPT_MILLIS);
  }

  List<GridInterval> intervals() {
    return latest.values().stream().filter(issue -> !issue.withdrawn()).toList();
  }
}
