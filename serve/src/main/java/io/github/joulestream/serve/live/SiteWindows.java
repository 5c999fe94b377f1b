// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.SiteWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A site's windows of 10 s of the last hour. Owned by its site. */
final class SiteWindows {
  // a window has more than one fragment only if it was closed before, weeks later
  private static final int FRAGMENTS = 16;

  // those that begin by so much or more before the newest are dropped
  private static final long KEPT_MILLIS = 3_600_000;
  private static final int WINDOW_MILLIS = 10_000;

  private final TreeMap<Long, NavigableMap<Long, Totals<SiteAmount>>> windows = new TreeMap<>();

  /**
   * Takes in a window as it is now; windows of other lengths are left out.
   *
   * @throws IllegalArgumentException if it has too many fragments
   */
  void accept(SiteWindow window) {
    long start = window.windowStartEpochMillis();
    if (window.windowMillis() != WINDOW_MILLIS) {
      return;
    }
    if (!windows.isEmpty() && start <= windows.lastKey() - KEPT_MILLIS) {
      return;
    }
    NavigableMap<Long, Totals<SiteAmount>> fragments =
        windows.computeIfAbsent(start, _ -> new TreeMap<>());
    if (fragments.size() >= FRAGMENTS && !fragments.containsKey(window.fragmentEpochMillis())) {
      throw new IllegalArgumentException("a window of over %d fragments".formatted(FRAGMENTS));
    }
    fragments.put(window.fragmentEpochMillis(), window.totals());
    windows.headMap(windows.lastKey() - KEPT_MILLIS, true).clear();
  }

  /** The windows in order of time, their fragments added up. */
  List<SitePoint> points() {
    List<SitePoint> points = new ArrayList<>(windows.size());
    windows.forEach((start, fragments) -> {
      Totals<SiteAmount> sum = Totals.ofSite();
      fragments.values().forEach(sum::addAllSaturated);
      points.add(new SitePoint(start, sum));
    });
    return points;
  }

  /** Measured less jobs less idle of that window in which it is farthest from 0, mJ. */
  long farthestDifference() {
    long farthest = 0;
    for (NavigableMap<Long, Totals<SiteAmount>> fragments : windows.values()) {
      long difference = 0;
      for (Totals<SiteAmount> totals : fragments.values()) {
        difference += Balance.TOTAL.difference(totals);
      }
      if (Math.abs(difference) > Math.abs(farthest)) {
        farthest = difference;
      }
    }
    return farthest;
  }
}
