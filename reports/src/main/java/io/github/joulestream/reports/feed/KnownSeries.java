// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.grid.GridInterval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All issues that are known of one series of a site. */
final class KnownSeries {
  /** By start, end and time of issue. */
  private final NavigableMap<Long, Map<Long, NavigableMap<Long, GridInterval>>> spans =
      new TreeMap<>();

  private long longest;

  void add(GridInterval issue) {
    longest = Math.max(longest, issue.to() - issue.from());
    spans
        .computeIfAbsent(issue.from(), _ -> new HashMap<>())
        .computeIfAbsent(issue.to(), _ -> new TreeMap<>())
        .put(issue.issued(), issue);
  }

  private NavigableMap<Long, GridInterval> issues(GridInterval of) {
    return spans.getOrDefault(of.from(), Map.of()).getOrDefault(of.to(), new TreeMap<>());
  }

  /** The latest issue of the interval. */
  @Nullable GridInterval latest(GridInterval of) {
    Map.Entry<Long, GridInterval> last = issues(of).lastEntry();
    return last == null ? null : last.getValue();
  }

  /** The latest issue of the interval at the time of this one or before it. */
  @Nullable GridInterval before(GridInterval of) {
    Map.Entry<Long, GridInterval> before = issues(of).floorEntry(of.issued());
    return before == null ? null : before.getValue();
  }

  boolean isLatest(GridInterval issue) {
    GridInterval latest = latest(issue);
    return latest == null || latest.issued() == issue.issued();
  }

  /** All intervals, each as its latest issue has it, in the order of time. */
  List<GridInterval> latest() {
    List<GridInterval> all = new ArrayList<>();
    spans
        .values()
        .forEach(ends ->
            new TreeMap<>(ends)
                .values()
                .forEach(issues -> all.add(requireNonNull(issues.lastEntry()).getValue())));
    return all;
  }

  /** How many issues there are. */
  int issues() {
    return spans.values().stream()
        .flatMap(ends -> ends.values().stream())
        .mapToInt(Map::size)
        .sum();
  }

  /**
   * Checks that no other interval is in force when this one is.
   *
   * @throws Refused if there is one that is not withdrawn before this was issued
   */
  void checkOverlaps(GridInterval interval) throws Refused {
    for (Map<Long, NavigableMap<Long, GridInterval>> ends :
        spans.subMap(interval.from() - longest, false, interval.to(), false).values()) {
      for (NavigableMap<Long, GridInterval> issues : ends.values()) {
        GridInterval other = requireNonNull(issues.lastEntry()).getValue();
        if (!other.overlaps(interval) || other.isIssueOf(interval)) {
          continue;
        }
        if (!other.withdrawn()) {
          throw new Refused(
              "%s to %s of %s overlaps %s to %s, which is known; withdraw that first (joulestream grid withdraw)"
                  .formatted(
                      KeptText.time(interval.from()),
                      KeptText.time(interval.to()),
                      interval.series().text(),
                      KeptText.time(other.from()),
                      KeptText.time(other.to())));
        }
        if (other.issued() >= interval.issued()) {
          throw new Refused(
              "%s to %s of %s overlaps %s to %s, which was in force until %s, later than this was issued; give --reissue"
                  .formatted(
                      KeptText.time(interval.from()),
                      KeptText.time(interval.to()),
                      interval.series().text(),
                      KeptText.time(other.from()),
                      KeptText.time(other.to()),
                      KeptText.time(other.issued())));
        }
      }
    }
  }
}
