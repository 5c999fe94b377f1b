// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that is known of the supply of one site. */
public final class KnownSupply {
  private final SortedMap<GridSeries, KnownSeries> series = new TreeMap<>();

  /** Out of all issues of one site. */
  public KnownSupply(Collection<GridInterval> issues) {
    issues.forEach(
        issue -> series.computeIfAbsent(issue.series(), _ -> new KnownSeries()).add(issue));
  }

  /** The series that there are, also those of which all intervals are withdrawn. */
  public SortedSet<GridSeries> series() {
    return new TreeSet<>(series.keySet());
  }

  /** Intervals in force, in the order of time. */
  public List<GridInterval> inForce(GridSeries of) {
    return latest(of).stream().filter(interval -> !interval.withdrawn()).toList();
  }

  private List<GridInterval> latest(GridSeries of) {
    return series.getOrDefault(of, new KnownSeries()).latest();
  }

  /**
   * A series in short.
   *
   * @param inForce intervals that are not withdrawn
   * @param withdrawn intervals that are
   * @param revisions issues beyond the first of their interval, those that withdraw not counted
   * @param units the units, more than one if there are several currencies
   * @param providers of the intervals in force, those without left out
   * @param qualities how many intervals in force are of each
   */
  public record Facts(
      GridSeries series,
      List<GridInterval> inForce,
      int withdrawn,
      int revisions,
      SortedSet<String> units,
      SortedSet<String> providers,
      Map<GridQuality, Integer> qualities) {}

  /** A series in short. */
  public Facts facts(GridSeries of) {
    List<GridInterval> latest = latest(of);
    List<GridInterval> inForce = inForce(of);
    int withdrawn = latest.size() - inForce.size();
    SortedSet<String> units = new TreeSet<>();
    SortedSet<String> providers = new TreeSet<>();
    Map<GridQuality, Integer> qualities = new EnumMap<>(GridQuality.class);
    for (GridInterval interval : inForce) {
      units.add(KeptText.unit(interval));
      qualities.merge(interval.quality(), 1, Integer::sum);
      if (!interval.origin().provider().isEmpty()) {
        providers.add(interval.origin().provider());
      }
    }
    int issues = series.getOrDefault(of, new KnownSeries()).issues();
    return new Facts(
        of, inForce, withdrawn, issues - latest.size() - withdrawn, units, providers, qualities);
  }

  /** A range of time without a value, Unix epoch, ms. */
  public record Gap(long from, long to) {}

  /** Where a series has no value in a range of time. */
  public List<Gap> gaps(GridSeries of, long from, long to) {
    List<Gap> gaps = new ArrayList<>();
    long covered = from;
    for (GridInterval interval : inForce(of)) {
      if (interval.to() <= covered) {
        continue;
      }
      if (interval.from() >= to) {
        break;
      }
      if (interval.from() > covered) {
        gaps.add(new Gap(covered, interval.from()));
      }
      covered = interval.to();
    }
    if (covered < to) {
      gaps.add(new Gap(covered, to));
    }
    return gaps;
  }
}
