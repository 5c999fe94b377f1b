// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.store.history.HistoryReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sums of groups over sites. Each site is read by itself: the energy that no job held is shared out
 * among its own jobs, and money has its currency. All rows add up to the total, and the total with
 * the energy that no job held to what was measured.
 */
final class UsageSums {
  private static final int MOST_GROUPS = 10_000;
  private static final String UNKNOWN = "(unknown)";
  private static final String IDLE_KEY = "(idle)";
  private static final String TOTAL_KEY = "(total)";

  private final Grouping grouping;
  private final UsageScope scope;
  private final Idle idle;
  private final AskedPeriod period;
  private final SortedMap<String, EnergyRow> groups = new TreeMap<>();
  private final EnergyRow jobs = new EnergyRow();
  private final EnergyRow ofIdle = new EnergyRow();
  private final SortedSet<String> sites = new TreeSet<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private BigInteger difference = BigInteger.ZERO;
  private BigInteger notShared = BigInteger.ZERO;

  /** What becomes of the energy that no job held. */
  enum Idle {
    /** It is left out. */
    NO,
    /** It is a row. */
    SEPARATE,
    /** It is a column: each job has a part of its site's, by energy. */
    SHARED
  }

  UsageSums(Grouping grouping, UsageScope scope, Idle idle, AskedPeriod period) {
    this.grouping = grouping;
    this.scope = scope;
    this.idle = idle;
    this.period = period;
    this.notes.addAll(period.notes());
    if (!scope.note().isEmpty()) {
      notes.add(scope.note());
    }
    if (!scope.everything() && idle != Idle.NO) {
      notes.add("Energy that no job held is not in sums of some of the jobs.");
    }
  }

  /**
   * Adds a site.
   *
   * @throws java.io.UncheckedIOException if the store cannot be read to the end
   */
  void read(HistoryReader history, String site) {
    ReportRequest request =
        new ReportRequest(
            new TreeSet<>(Set.of(site)),
            period.period(),
            scope.users(),
            scope.projects(),
            new TreeMap<>(),
            List.of(grouping),
            period.asOf(),
            CarbonBasis.Scope.LIFECYCLE,
            Map.of());
    ReportSource source = new StoreReportSource(history, request, doing -> {});
    PeriodData data =
        source.of(
            period.period(),
            scope.nothing() ? ReportSource.Detail.SITES : ReportSource.Detail.GROUPS);
    notes.addAll(data.notes());
    SiteUse use = data.sites().get(site);
    if (use == null) {
      return;
    }
    sites.add(site);
    if (scope.nothing()) {
      return;
    }
    SortedMap<String, Use> by = data.by(grouping);
    by.forEach((key, of) -> group(key).add(of, use.currency()));
    jobs.add(data.jobs(), use.currency());
    if (scope.everything()) {
      difference = difference.add(data.difference());
      if (idle != Idle.NO) {
        ofIdle.addIdle(use, data.jobs());
      }
      if (idle == Idle.SHARED) {
        share(use.sum(SiteAmount.IDLE_TOTAL_MILLIJOULES).value(), by);
      }
    }
  }

  private EnergyRow group(String key) {
    return groups.computeIfAbsent(key, name -> new EnergyRow());
  }

  /**
   * In whole mJ that add up to all of it: each group has its part rounded down, and those with the
   * largest remainders one more.
   */
  private void share(BigInteger all, Map<String, Use> by) {
    BigInteger energy = BigInteger.ZERO;
    for (Use use : by.values()) {
      energy = energy.add(use.sum(JobAmount.TOTAL_MILLIJOULES).value());
    }
    if (energy.signum() <= 0) {
      notShared = notShared.add(all);
      return;
    }
    record Part(String key, BigInteger remainder) {}
    List<Part> parts = new ArrayList<>();
    BigInteger rest = all;
    for (Map.Entry<String, Use> use : by.entrySet()) {
      BigInteger[] part =
          use.getValue()
              .sum(JobAmount.TOTAL_MILLIJOULES)
              .value()
              .multiply(all)
              .divideAndRemainder(energy);
      group(use.getKey()).addSharedIdle(part[0]);
      rest = rest.subtract(part[0]);
      parts.add(new Part(use.getKey(), part[1]));
    }
    parts.sort(Comparator.comparing(Part::remainder).reversed().thenComparing(Part::key));
    for (Part part : parts.subList(0, rest.intValueExact())) {
      group(part.key).addSharedIdle(BigInteger.ONE);
    }
  }

  /** What is answered. */
  UsageView view(String groupBy) {
    boolean isIdleShared = idle == Idle.SHARED && scope.everything();
    List<UsageView.Row> rows = new ArrayList<>();
    EnergyRow others = new EnergyRow();
    int ofOthers = 0;
    List<Map.Entry<String, EnergyRow>> sorted = new ArrayList<>(groups.entrySet());
    sorted.sort(
        Comparator.comparing((Map.Entry<String, EnergyRow> group) -> group.getValue().millijoules())
            .reversed()
            .thenComparing(Map.Entry::getKey));
    for (Map.Entry<String, EnergyRow> group : sorted) {
      if (scope.named().test(group.getKey()) && rows.size() < MOST_GROUPS) {
        rows.add(UsageView.Row.of(name(group.getKey()), group.getValue(), isIdleShared));
      } else {
        others.add(group.getValue());
        ofOthers++;
      }
    }
    if (ofOthers > 0) {
      rows.add(
          UsageView.Row.of(
              String.format(Locale.ROOT, "(others, %d)", ofOthers), others, isIdleShared));
    }
    EnergyRow total = new EnergyRow();
    total.add(jobs);
    if (isIdleShared) {
      groups.values().forEach(group -> total.addSharedIdle(group.sharedIdle()));
      if (notShared.signum() != 0) {
        notes.add("%s mJ of sites without jobs could not be shared out.".formatted(notShared));
      }
    } else if (idle == Idle.SEPARATE && scope.everything()) {
      rows.add(UsageView.Row.of(IDLE_KEY, ofIdle, false));
      total.add(ofIdle);
    }
    return new UsageView(
        period.range(),
        List.copyOf(sites),
        groupBy,
        idle.name().toLowerCase(Locale.ROOT),
        rows,
        UsageView.Row.of(TOTAL_KEY, total, isIdleShared),
        scope.everything() && period.isSettled() ? difference : null,
        period.asOf(),
        List.copyOf(notes));
  }

  private static String name(String key) {
    return key.isEmpty() ? UNKNOWN : key;
  }
}
