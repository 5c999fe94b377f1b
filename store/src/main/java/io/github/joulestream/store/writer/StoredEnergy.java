// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counters of the energy of each site in the windows that a writer has stored since it started.
 *
 * <p>A window is written again as it grows, and a correction may reduce it. So the last total of
 * each of the newest windows is kept and the difference is added. The counter itself never falls,
 * as counters must not: after a correction downwards it stays until the sum is as large again. One
 * thread adds; any may read.
 */
final class StoredEnergy {
  /** Windows of 10 s kept by site, one hour: a change of an older one is not counted. */
  private static final int MAX_WINDOWS = 360;

  /** Further sites are not counted: each has its windows in memory, and a line on /metrics. */
  static final int MAX_SITES = 1_000;

  private final Map<String, Site> sites = new HashMap<>();
  private final Map<String, Double> joules = new ConcurrentHashMap<>();
  private final Map<String, Double> jobsJoules = new ConcurrentHashMap<>();

  private static final class Site {
    final TreeMap<Long, long[]> windows = new TreeMap<>();
    long expiredUpTo = Long.MIN_VALUE;
    final long[] sums = new long[2];
    final long[] shown = new long[2];
  }

  /** Adds a point of the ledger that the store now has. */
  void stored(StorePoint point) {
    if (!Windows.NAME.equals(point.tags().get(Measurement.WINDOW))) {
      return;
    }
    String name = point.tags().getOrDefault("site", "");
    if (sites.size() >= MAX_SITES && !sites.containsKey(name)) {
      return;
    }
    Site site = sites.computeIfAbsent(name, _ -> new Site());
    if (point.epochNanos() <= site.expiredUpTo) {
      return;
    }
    long[] now = {
      amount(point, SiteAmount.MEASURED_TOTAL_MILLIJOULES),
      amount(point, SiteAmount.JOBS_TOTAL_MILLIJOULES)
    };
    long[] before = site.windows.put(point.epochNanos(), now);
    for (int i = 0; i < now.length; i++) {
      site.sums[i] += now[i] - (before == null ? 0 : before[i]);
      site.shown[i] = Math.max(site.shown[i], site.sums[i]);
    }
    while (site.windows.size() > MAX_WINDOWS) {
      site.expiredUpTo = site.windows.pollFirstEntry().getKey();
    }
    joules.put(name, site.shown[0] / 1e3);
    jobsJoules.put(name, site.shown[1] / 1e3);
  }

  private static long amount(StorePoint point, SiteAmount amount) {
    return point.fields().get(Measurement.field(amount)) instanceof Long value ? value : 0;
  }

  /** Joules by site. */
  Map<String, Double> joules() {
    return joules;
  }

  /** Joules of jobs, by site. */
  Map<String, Double> jobsJoules() {
    return jobsJoules;
  }
}
