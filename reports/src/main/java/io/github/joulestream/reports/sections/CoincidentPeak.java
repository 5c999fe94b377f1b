// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.reports.data.SiteUse;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeMap;

/**
 * Highest power of several sites.
 *
 * @param milliwatts highest sum of the mean powers of all sites in one step
 * @param at start of that step, the first of several
 * @param sumOfPeaks sum of each site's highest mean power, whenever it was: never lower
 */
record CoincidentPeak(long milliwatts, Instant at, long sumOfPeaks) {
  private static final long MILLIS_PER_SECOND = 1_000;

  static CoincidentPeak of(Collection<SiteUse> sites) {
    TreeMap<Long, Long> power = new TreeMap<>();
    long sumOfPeaks = 0;
    for (SiteUse site : sites) {
      long own = 0;
      for (int step = 0; step < site.steps(); step++) {
        // mJ over s
        long milliwatts =
            site.at(step, SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                / (site.stepMillis() / MILLIS_PER_SECOND);
        power.merge(site.from() + (long) step * site.stepMillis(), milliwatts, Long::sum);
        own = Math.max(own, milliwatts);
      }
      sumOfPeaks += own;
    }
    long highest = 0;
    long at = power.isEmpty() ? 0 : power.firstKey();
    for (var step : power.entrySet()) {
      if (step.getValue() > highest) {
        highest = step.getValue();
        at = step.getKey();
      }
    }
    return new CoincidentPeak(highest, Instant.ofEpochMilli(at), sumOfPeaks);
  }
}
