// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.store.history.BudgetStep;
import io.github.joulestream.store.history.TimeRange;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a budget was used in a range of time: a budget of power by the mean power of each quarter
 * of an hour, one of energy by each hour, day or month of its own zone that has time in common with
 * the range. The limit is the one in force at the end of each.
 */
final class BudgetUse {
  static final int QUARTER_MILLIS = 900_000;
  private static final int MILLI = 1_000;
  private static final String POWER = "POWER";

  private final List<BudgetStep> changes = new ArrayList<>();
  private final SortedMap<Long, Long> quarters = new TreeMap<>();

  /**
   * How far.
   *
   * @param highest energy or power over its limit, of the time at which that is highest
   * @param at start of that time
   * @param passed times with more than the limit
   * @param of times with a limit
   */
  record Used(double highest, Instant at, int passed, int of) {}

  /** Adds a change of the budget. */
  void add(BudgetStep change) {
    changes.add(change);
    changes.sort(Comparator.comparingLong(BudgetStep::epochMillis));
  }

  /** Adds energy of its scope, mJ. */
  void add(long quarterStart, long millijoules) {
    quarters.merge(quarterStart, millijoules, Math::addExact);
  }

  /** The latest change. */
  BudgetStep latest() {
    return changes.getLast();
  }

  /** The latest change that has a scope, as a removal has none; null if there is none. */
  @Nullable BudgetStep described() {
    return changes.reversed().stream().filter(BudgetStep::inForce).findFirst().orElse(null);
  }

  /** Its scope; null if it never was in force, or its scope cannot be read. */
  @Nullable Scope scope() {
    BudgetStep described = described();
    if (described == null) {
      return null;
    }
    try {
      return Scope.parse(described.scope());
    } catch (IllegalArgumentException e) {
      // the report names it among the budgets that it cannot evaluate
      return null;
    }
  }

  /** From when on energy is needed to evaluate it in a range. */
  long from(TimeRange range) {
    BudgetStep described = described();
    return described == null || described.period().equals(POWER)
        ? range.from()
        : start(described, range.from());
  }

  /** How far it was used in a range; null if it was not in force, or nothing is known. */
  @Nullable Used used(TimeRange range) {
    BudgetStep described = described();
    if (described == null) {
      return null;
    }
    boolean isPower = described.period().equals(POWER);
    SortedMap<Long, Long> amounts = new TreeMap<>();
    quarters
        .subMap(from(range), range.to())
        .forEach((quarter, millijoules) -> {
          if (isPower) {
            amounts.merge(quarter, millijoules / (QUARTER_MILLIS / MILLI), Long::sum);
          } else {
            amounts.merge(start(described, quarter), millijoules, Math::addExact);
          }
        });
    double highest = 0;
    long at = 0;
    int passed = 0;
    int of = 0;
    for (var amount : amounts.entrySet()) {
      BudgetStep limit = inForce(end(described, amount.getKey()) - 1);
      if (limit != null && limit.period().equals(described.period()) && limit.limit() > 0) {
        double ratio = (double) amount.getValue() / limit.limit();
        of++;
        passed += amount.getValue() > limit.limit() ? 1 : 0;
        if (of == 1 || ratio > highest) {
          highest = ratio;
          at = amount.getKey();
        }
      }
    }
    return of == 0 ? null : new Used(highest, Instant.ofEpochMilli(at), passed, of);
  }

  private @Nullable BudgetStep inForce(long epochMillis) {
    BudgetStep last = null;
    for (BudgetStep change : changes) {
      if (change.epochMillis() <= epochMillis) {
        last = change;
      }
    }
    return last == null || !last.inForce() ? null : last;
  }

  private static long start(BudgetStep budget, long epochMillis) {
    ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone(budget));
    ZonedDateTime start =
        switch (budget.period()) {
          case "ENERGY_PER_HOUR" -> time.truncatedTo(ChronoUnit.HOURS);
          case "ENERGY_PER_DAY" -> time.toLocalDate().atStartOfDay(time.getZone());
          default -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(time.getZone());
        };
    return start.toInstant().toEpochMilli();
  }

  private static long end(BudgetStep budget, long start) {
    ZonedDateTime time = Instant.ofEpochMilli(start).atZone(zone(budget));
    ZonedDateTime end =
        switch (budget.period()) {
          case POWER -> time.plus(QUARTER_MILLIS, ChronoUnit.MILLIS);
          case "ENERGY_PER_HOUR" -> time.plusHours(1);
          case "ENERGY_PER_DAY" -> time.plusDays(1);
          default -> time.plusMonths(1);
        };
    return end.toInstant().toEpochMilli();
  }

  private static ZoneId zone(BudgetStep budget) {
    try {
      return ZoneId.of(budget.zone());
    } catch (DateTimeException e) {
      // as a budget without a zone
      return ZoneOffset.UTC;
    }
  }
}
