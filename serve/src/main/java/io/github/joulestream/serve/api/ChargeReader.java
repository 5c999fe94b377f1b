// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.reports.data.SiteFactors;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.UsageRow;
import io.github.joulestream.store.history.WindowReader;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Reads what single jobs cost and emitted: each quarter of an hour of theirs times the factors of
 * its step, which are those of reports.
 */
final class ChargeReader {
  /** Longest time that is read at once, ms. */
  static final long LONGEST = 400L * 24 * Windows.HOUR_MILLIS;

  /** A thousand jobs of a week have 672,000 quarters. */
  private static final int MOST_ROWS = 1_000_000;

  private static final int FEW_JOBS = 50;
  private static final long SHORT = 6L * Windows.HOUR_MILLIS;

  private final HistoryReader history;
  private final WindowReader windows;

  ChargeReader(HistoryReader history, WindowReader windows) {
    this.history = history;
    this.windows = windows;
  }

  /**
   * What was read.
   *
   * @param charges by job; jobs without a quarter are absent
   * @param currency empty: none, or several
   * @param latest factors of the last step with a ledger
   */
  record Read(Map<String, Charges> charges, String currency, StepFactors latest) {}

  /** The range in whole hours, so that steps can be hours, as those of reports of months. */
  static TimeRange hours(long from, long to) {
    return new TimeRange(floor(from), floor(to + Windows.HOUR_MILLIS - 1));
  }

  private static long floor(long epochMillis) {
    return Math.floorDiv(epochMillis, Windows.HOUR_MILLIS) * Windows.HOUR_MILLIS;
  }

  /**
   * Reads.
   *
   * @param range whole hours
   * @param nowMillis issues of the grid's values after it do not count, Unix epoch, ms
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   * @throws io.github.joulestream.store.history.TooManyRows if the jobs have too many quarters
   */
  Read read(String site, SortedSet<String> jobs, TimeRange range, long nowMillis) {
    if (jobs.isEmpty() || range.millis() <= 0) {
      return new Read(Map.of(), "", StepFactors.NOTHING);
    }
    SiteUse factors =
        SiteFactors.read(
            history,
            site,
            new Period(
                "",
                Instant.ofEpochMilli(range.from()),
                Instant.ofEpochMilli(range.to()),
                ZoneOffset.UTC),
            Instant.ofEpochMilli(nowMillis),
            CarbonBasis.Scope.LIFECYCLE);
    Map<String, Charges> charges = new HashMap<>();
    quarters(
        site,
        jobs,
        range,
        row ->
            charges
                .computeIfAbsent(row.job(), job -> new Charges())
                .add(row.totals().get(JobAmount.TOTAL_MILLIJOULES), at(factors, row.stepStart())));
    return new Read(charges, factors.currency(), latest(factors));
  }

  /** Of many jobs of a short time all are read in one request, instead of a few in each of many. */
  private void quarters(
      String site, SortedSet<String> jobs, TimeRange range, Consumer<UsageRow> rows) {
    if (jobs.size() <= FEW_JOBS || range.millis() > SHORT) {
      windows.jobQuarters(site, jobs, range, MOST_ROWS, rows);
      return;
    }
    history.usage(
        new UsageQuery(
            new TreeSet<>(Set.of(site)),
            range,
            Windows.QUARTER_HOUR_MILLIS,
            UsageQuery.Detail.JOB,
            Set.of(),
            Set.of(),
            Set.of(JobAmount.TOTAL_MILLIJOULES)),
        row -> {
          if (jobs.contains(row.job())) {
            rows.accept(row);
          }
        });
  }

  private static StepFactors at(SiteUse factors, long time) {
    long step = Math.floorDiv(time - factors.from(), (long) factors.stepMillis());
    return step < 0 || step >= factors.steps() ? StepFactors.NOTHING : factors.factors((int) step);
  }

  private static StepFactors latest(SiteUse factors) {
    for (int step = factors.steps() - 1; step >= 0; step--) {
      if (factors.hasLedger(step)) {
        return factors.factors(step);
      }
    }
    return StepFactors.NOTHING;
  }
}
