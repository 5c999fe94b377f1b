// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.reports.data.SiteUse;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Energy of some jobs by site and step of its ledger. */
public final class Load {
  private final SortedMap<String, long[]> millijoules = new TreeMap<>();

  /** Adds energy at a time. */
  void add(SiteUse site, long epochMillis, long added) {
    long step = Math.floorDiv(epochMillis - site.from(), (long) site.stepMillis());
    if (step >= 0 && step < site.steps()) {
      millijoules.computeIfAbsent(site.site(), name -> new long[site.steps()])[(int) step] += added;
    }
  }

  /** Energy by step, mJ, by site. */
  Map<String, long[]> millijoules() {
    return millijoules;
  }
}
