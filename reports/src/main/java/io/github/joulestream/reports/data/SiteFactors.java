// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ledgers of sites with what a kWh cost and emitted step by step: what all that is charged is
 * multiplied with, in reports and elsewhere.
 */
public final class SiteFactors {
  private SiteFactors() {}

  /**
   * The ledger of a site, and its factors.
   *
   * @param period not cut: a step under way has the factors of its energy so far
   * @param asOf issues of the grid's values after it are as if they were not there
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   */
  public static SiteUse read(
      HistoryReader history, String site, Period period, Instant asOf, CarbonBasis.Scope scope) {
    SiteLedger ledger =
        read(history, new TreeSet<>(Set.of(site)), period, period.range(), asOf, scope).get(site);
    if (ledger == null) {
      throw new IllegalStateException("no ledger of " + site);
    }
    return ledger;
  }

  /**
   * Ledgers of sites.
   *
   * @param ofGrid of which the grid's values are read: the period, or more
   */
  static SortedMap<String, SiteLedger> read(
      HistoryReader history,
      SortedSet<String> names,
      Period period,
      TimeRange ofGrid,
      Instant asOf,
      CarbonBasis.Scope scope) {
    Map<String, List<GridInterval>> issues = new HashMap<>();
    history.grid(
        names,
        ofGrid,
        interval -> issues.computeIfAbsent(interval.site(), s -> new ArrayList<>()).add(interval));
    SortedMap<String, SiteLedger> sites = new TreeMap<>();
    for (String site : names) {
      GridFactors grid =
          GridFactors.of(issues.getOrDefault(site, List.of()), asOf.toEpochMilli(), scope);
      sites.put(site, new SiteLedger(site, period.range(), StepLength.of(period, grid), grid));
    }
    byStep(sites)
        .forEach((stepMillis, ofStep) ->
            history.siteSteps(
                ofStep,
                period.range(),
                stepMillis,
                row -> {
                  SiteLedger ledger = sites.get(row.site());
                  if (ledger != null) {
                    ledger.add(row);
                  }
                }));
    return sites;
  }

  /** Sites by the length of their steps. */
  static SortedMap<Integer, SortedSet<String>> byStep(Map<String, SiteLedger> sites) {
    SortedMap<Integer, SortedSet<String>> byStep = new TreeMap<>();
    sites.forEach((site, ledger) ->
        byStep.computeIfAbsent(ledger.stepMillis(), s -> new TreeSet<>()).add(site));
    return byStep;
  }
}
