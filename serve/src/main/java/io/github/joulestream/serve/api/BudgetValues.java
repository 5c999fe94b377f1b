// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.NodeTable;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.history.WindowReader;
import java.math.BigInteger;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How much power the scope of a budget consumes now, or how much energy it consumed in the period
 * under way.
 */
final class BudgetValues {
  private static final int QUARTER_MILLIS = 900_000;
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final int MOST_ROWS = 200_000;
  private static final Duration LONGEST_READ = Duration.ofSeconds(20);
  private static final int MOST_KEPT = 10_000;

  private final HistoryReader history;
  private final WindowReader windows;
  private final NanoClock clock;
  private final Map<Budget, Known> energies = new ConcurrentHashMap<>();

  private record Known(long readNanos, @Nullable BigInteger millijoules) {}

  BudgetValues(HistoryReader history, WindowReader windows, NanoClock clock) {
    this.history = history;
    this.windows = windows;
    this.clock = clock;
  }

  /** Power of a scope now, mW; null if nothing reports. */
  static @Nullable Long milliwatts(LiveSite site, Scope scope) {
    return switch (scope.kind()) {
      case SITE -> site.now().nodesReporting() > 0 ? (Long) site.now().milliwatts() : null;
      case KIND -> site.now().milliwattsByKind()[scope.deviceKind().code()];
      case NODES -> ofNodes(site, scope);
      case PROJECT -> ofJobs(site, job -> details(job).project().equals(scope.name()));
      case USER -> ofJobs(site, job -> details(job).user().equals(scope.name()));
      case JOB -> ofJobs(site, job -> job.job().equals(scope.name()));
      case NODE, DEVICE -> null;
    };
  }

  private static JobDetails details(LiveJob job) {
    return job.summary() == null ? JobDetails.NONE : job.summary().details();
  }

  private static @Nullable Long ofNodes(LiveSite site, Scope scope) {
    NodeTable table = site.nodes();
    boolean known = false;
    long sum = 0;
    for (int i = 0; i < table.names().size(); i++) {
      if (table.milliwatts()[i] >= 0 && !table.silent().get(i)) {
        String label =
            scope.label().equals("rack")
                ? table.racks().get(i)
                : site.record(table.names().get(i))
                    .map(NodeRecord::labels)
                    .map(labels -> labels.getOrDefault(scope.label(), ""))
                    .orElse("");
        if (label.equals(scope.name())) {
          known = true;
          sum += table.milliwatts()[i];
        }
      }
    }
    return known ? (Long) sum : null;
  }

  private static Long ofJobs(LiveSite site, Predicate<LiveJob> of) {
    return site.jobs().stream().filter(of).mapToLong(LiveJob::milliwatts).sum();
  }

  /**
   * Energy of the period under way, mJ; empty if it is not known: of nodes with a label the store
   * has no sums. What was read is kept for some seconds.
   *
   * @throws java.io.UncheckedIOException if the store cannot be read
   */
  Optional<BigInteger> millijoules(Budget budget, long now) {
    Known known = energies.get(budget);
    long nanos = clock.nanos();
    if (known == null || nanos - known.readNanos() >= KEPT.toNanos()) {
      if (energies.size() >= MOST_KEPT) {
        energies.clear();
      }
      known = new Known(nanos, read(budget, now));
      energies.put(budget, known);
    }
    return Optional.ofNullable(known.millijoules());
  }

  private @Nullable BigInteger read(Budget budget, long now) {
    Quantity.Period period = budget.quantity().period(now, budget.zoneId());
    TimeRange range =
        new TimeRange(
            Math.floorDiv(period.startEpochMillis(), QUARTER_MILLIS) * (long) QUARTER_MILLIS,
            (Math.floorDiv(now, QUARTER_MILLIS) + 1) * (long) QUARTER_MILLIS);
    Scope scope = budget.scope();
    return switch (scope.kind()) {
      case SITE -> ofSite(budget.site(), range, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      case KIND -> ofSite(budget.site(), range, SiteAmount.measured(scope.deviceKind()));
      case PROJECT -> ofUsage(budget.site(), range, Set.of(), Set.of(scope.name()));
      case USER -> ofUsage(budget.site(), range, Set.of(scope.name()), Set.of());
      case JOB -> ofJob(budget.site(), range, scope.name());
      case NODES, NODE, DEVICE -> null;
    };
  }

  private BoundedHistory bounded() {
    return new BoundedHistory(history, MOST_ROWS, 0, LONGEST_READ, clock);
  }

  private BigInteger ofSite(String site, TimeRange range, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    bounded()
        .siteSteps(only(site), range, QUARTER_MILLIS, row -> sum.add(row.totals().get(amount)));
    return sum.value();
  }

  private BigInteger ofUsage(
      String site, TimeRange range, Set<String> users, Set<String> projects) {
    ExactSum sum = new ExactSum();
    bounded()
        .usage(
            new UsageQuery(
                only(site),
                range,
                QUARTER_MILLIS,
                UsageQuery.Detail.USER_AND_PROJECT,
                users,
                projects,
                EnumSet.of(JobAmount.TOTAL_MILLIJOULES)),
            row -> sum.add(row.totals().get(JobAmount.TOTAL_MILLIJOULES)));
    return sum.value();
  }

  private BigInteger ofJob(String site, TimeRange range, String job) {
    ExactSum sum = new ExactSum();
    windows.jobQuarters(
        site,
        only(job),
        range,
        MOST_ROWS,
        row -> sum.add(row.totals().get(JobAmount.TOTAL_MILLIJOULES)));
    return sum.value();
  }

  private static SortedSet<String> only(String name) {
    return new TreeSet<>(Set.of(name));
  }
}
