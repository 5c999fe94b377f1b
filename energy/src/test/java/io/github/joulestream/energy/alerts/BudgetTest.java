// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceKind;
import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final String BERLIN = "Europe/Berlin";

  private static Budget power(long limit, List<Integer> thresholds, List<Reduction> schedule) {
    return new Budget(
        "site",
        "b",
        Scope.SITE,
        new PowerLimit(limit, schedule, CapMode.NONE),
        BERLIN,
        new Thresholds(thresholds, 5),
        new AlertTiming(0, 300_000, 60_000, 600_000),
        "",
        "",
        0);
  }

  private static Budget plain(long limit) {
    return power(limit, Thresholds.DEFAULT.percent(), List.of());
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable budget, String... texts) {
    assertThatThrownBy(budget)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(texts)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void badBudgets_areRefused_withOneLineThatSaysWhy() {
    assertRefused(() -> plain(-5), "the limit is -5, and must be over 0");
    assertRefused(() -> plain(0), "the limit is 0");
    assertRefused(() -> power(10, List.of(), List.of()), "0 thresholds");
    assertRefused(() -> power(10, List.of(95, 85), List.of()), "thresholds rise", "[95, 85]");
    assertRefused(() -> power(10, List.of(0, 85), List.of()), "thresholds rise");
    assertRefused(() -> Scope.parse("rack"), "unknown scope 'rack'", "rack=r12");
    assertRefused(() -> Scope.parse("project="), "unknown scope");
    assertRefused(() -> Scope.parse("kind=toaster"), "unknown kind of device 'toaster'");
    assertRefused(
        () -> Budget.of("site", "b", Scope.node("n1"), new PowerLimit(5)),
        "budget b: unknown scope 'node=n1'");
    assertRefused(() -> Budget.of("a/b", "b", Scope.SITE, new PowerLimit(5)), "site", "a/b");
    assertRefused(() -> Budget.of("site", "", Scope.SITE, new PowerLimit(5)), "1 to 250");
    assertRefused(
        () -> power(10, List.of(100), List.of(new Reduction(Set.of(DayOfWeek.MONDAY), 0, 60, 10))),
        "not lower than 10");
    assertRefused(() -> new Reduction(Set.of(), 0, 60, 10), "no day");
    assertRefused(() -> new Reduction(Set.of(DayOfWeek.MONDAY), 0, 1_441, 10), "1441");
    assertRefused(
        () ->
            new Budget(
                "site",
                "b",
                Scope.SITE,
                new PowerLimit(5),
                "Mars/Base",
                Thresholds.DEFAULT,
                AlertTiming.DEFAULT,
                "",
                "",
                0),
        "budget b: unknown time zone 'Mars/Base'");
    assertRefused(
        () ->
            new Budget(
                "site",
                "b",
                Scope.SITE,
                new PowerLimit(5),
                "UTC",
                Thresholds.DEFAULT,
                AlertTiming.DEFAULT,
                "o".repeat(1_001),
                "",
                0),
        "budget b: owner and note have at most 1000 characters");
  }

  @Test
  void limits_areOverZero_andBelowTwoToTheSixtieth_whateverTheyLimit() {
    assertThat(new PowerLimit(1L << 60).milli()).isEqualTo(1L << 60);
    assertThat(new EnergyLimit(Quantity.ENERGY_PER_DAY, 1).milli()).isEqualTo(1);
    assertRefused(() -> new PowerLimit((1L << 60) + 1), "below 2^60");
    assertRefused(() -> new EnergyLimit(Quantity.ENERGY_PER_DAY, 0), "the limit is 0");
    assertRefused(() -> new EnergyLimit(Quantity.ENERGY_PER_DAY, (1L << 60) + 1), "below 2^60");
    assertRefused(() -> new EnergyLimit(Quantity.POWER, 5), "needs a period");
  }

  @Test
  void limitOfAQuantity_isOfItsType_andOnlyPowerHasAScheduleAndAdvice() {
    Reduction night = new Reduction(Set.of(DayOfWeek.MONDAY), 0, 60, 4);
    assertThat(Limit.of(Quantity.POWER, 5, List.of(night), CapMode.PRIORITY))
        .isEqualTo(new PowerLimit(5, List.of(night), CapMode.PRIORITY));
    assertThat(Limit.of(Quantity.ENERGY_PER_HOUR, 5))
        .isEqualTo(new EnergyLimit(Quantity.ENERGY_PER_HOUR, 5));
    assertThat(Limit.of(Quantity.ENERGY_PER_HOUR, 5).schedule()).isEmpty();
    assertThat(Limit.of(Quantity.ENERGY_PER_HOUR, 5).advice()).isEqualTo(CapMode.NONE);
    assertRefused(
        () -> Limit.of(Quantity.ENERGY_PER_DAY, 5, List.of(), CapMode.PRIORITY),
        "for limits of power");
    assertRefused(
        () -> Limit.of(Quantity.ENERGY_PER_DAY, 5, List.of(night), CapMode.NONE),
        "for limits of power");
  }

  @Test
  void timing_isWithinSevenDays_andBoundsTheNumberOfAlerts() {
    long week = 7 * 86_400_000L;
    assertThat(new AlertTiming(week, week, week, week).forecastMillis()).isEqualTo(week);
    assertThat(new AlertTiming(0, 4_000, 6_000, 0).cooldownMillis()).isEqualTo(6_000);
    assertRefused(() -> new AlertTiming(0, 1, 1, 0), "bounds the number of alerts");
    assertRefused(() -> new AlertTiming(-1, 10_000, 0, 0), "hold is -1 ms");
    assertRefused(() -> new AlertTiming(0, week + 1, 0, 0), "resolve-after is 604800001 ms");
    assertRefused(() -> new AlertTiming(0, 0, week + 1, 0), "cooldown is 604800001 ms");
    assertRefused(() -> new AlertTiming(0, 10_000, 0, -1), "forecast is -1 ms");
  }

  @Test
  void hysteresis_isAtMostHalfOfTheThreshold() {
    assertThat(new Thresholds(List.of(100), 50).hysteresisPercent()).isEqualTo(50);
    assertRefused(() -> new Thresholds(List.of(100), 51), "the hysteresis is 51 %");
    assertRefused(() -> new Thresholds(List.of(100), -1), "the hysteresis is -1 %");
  }

  @Test
  void scopes_areReadAsTheyAreWritten() {
    for (Scope scope :
        List.of(
            Scope.SITE,
            Scope.nodes("rack", "r=12"),
            Scope.project("phys/ics"),
            Scope.user("ada"),
            Scope.job("a=b/c"),
            Scope.kind(DeviceKind.GPU),
            Scope.node("n1"),
            Scope.device("n1", "gpu0"))) {
      assertThat(Scope.parse(scope.text())).isEqualTo(scope);
    }
    assertThat(Scope.parse("kind=gpu").deviceKind()).isEqualTo(DeviceKind.GPU);
  }

  @Test
  void overlapping_isTheSameOfTheSame_underAnotherName() {
    Budget one = Budget.of("s", "one", Scope.user("ada"), new PowerLimit(5));
    assertThat(one.overlaps(Budget.of("s", "two", Scope.user("ada"), new PowerLimit(9)))).isTrue();
    assertThat(one.overlaps(Budget.of("s", "one", Scope.user("ada"), new PowerLimit(9)))).isFalse();
    assertThat(one.overlaps(Budget.of("t", "two", Scope.user("ada"), new PowerLimit(9)))).isFalse();
    assertThat(one.overlaps(Budget.of("s", "two", Scope.user("bob"), new PowerLimit(9)))).isFalse();
    assertThat(
            one.overlaps(
                Budget.of(
                    "s", "two", Scope.user("ada"), new EnergyLimit(Quantity.ENERGY_PER_DAY, 9))))
        .isFalse();
  }

  private static long at(String time) {
    return ZonedDateTime.parse(time + "[" + BERLIN + "]").toInstant().toEpochMilli();
  }

  @Test
  void aSchedule_holdsFromItsFirstMinute_toBeforeItsLast_onItsDays() {
    Reduction evening =
        new Reduction(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), 17 * 60, 20 * 60, 60);
    Reduction overMidnight = new Reduction(Set.of(DayOfWeek.SATURDAY), 22 * 60, 6 * 60, 40);
    Budget budget = power(100, List.of(100), List.of(evening, overMidnight));
    // 2026-11-25 is a Wednesday
    assertThat(budget.limitAt(at("2026-11-25T16:59:59+01:00"))).isEqualTo(100);
    assertThat(budget.limitAt(at("2026-11-25T17:00:00+01:00"))).isEqualTo(60);
    assertThat(budget.limitAt(at("2026-11-25T19:59:59+01:00"))).isEqualTo(60);
    assertThat(budget.limitAt(at("2026-11-25T20:00:00+01:00"))).isEqualTo(100);
    assertThat(budget.limitAt(at("2026-11-28T18:00:00+01:00"))).isEqualTo(100);
    assertThat(budget.limitAt(at("2026-11-28T21:59:00+01:00"))).isEqualTo(100);
    assertThat(budget.limitAt(at("2026-11-28T22:00:00+01:00"))).isEqualTo(40);
    assertThat(budget.limitAt(at("2026-11-29T05:59:00+01:00"))).isEqualTo(40);
    assertThat(budget.limitAt(at("2026-11-29T06:00:00+01:00"))).isEqualTo(100);
    assertThat(budget.limitAt(at("2026-11-28T05:00:00+01:00"))).isEqualTo(100);
    // it follows the clock on the wall, in summer too
    assertThat(budget.limitAt(at("2026-07-01T17:00:00+02:00"))).isEqualTo(60);
  }

  @Test
  void ofTwoLowerLimits_theLowerHolds() {
    Set<DayOfWeek> daily = EnumSet.allOf(DayOfWeek.class);
    Budget budget =
        power(
            100,
            List.of(100),
            List.of(new Reduction(daily, 0, 1_440, 80), new Reduction(daily, 600, 660, 70)));
    assertThat(budget.limitAt(at("2026-11-25T09:59:00+01:00"))).isEqualTo(80);
    assertThat(budget.limitAt(at("2026-11-25T10:30:00+01:00"))).isEqualTo(70);
  }

  @Test
  void daysAndMonths_areThoseOfTheCalendar_alsoWhereClocksChange() {
    var zone = java.time.ZoneId.of(BERLIN);
    Quantity.Period spring = Quantity.ENERGY_PER_DAY.period(at("2026-03-29T12:00:00+02:00"), zone);
    assertThat(spring.startEpochMillis()).isEqualTo(at("2026-03-29T00:00:00+01:00"));
    assertThat(spring.endEpochMillis() - spring.startEpochMillis()).isEqualTo(23 * 3_600_000);
    Quantity.Period autumn = Quantity.ENERGY_PER_DAY.period(at("2026-10-25T02:30:00+01:00"), zone);
    assertThat(autumn.endEpochMillis() - autumn.startEpochMillis()).isEqualTo(25 * 3_600_000);
    Quantity.Period march = Quantity.ENERGY_PER_MONTH.period(at("2026-03-31T23:59:59+02:00"), zone);
    assertThat(march.startEpochMillis()).isEqualTo(at("2026-03-01T00:00:00+01:00"));
    assertThat(march.endEpochMillis()).isEqualTo(at("2026-04-01T00:00:00+02:00"));
    assertThat(march.endEpochMillis() - march.startEpochMillis())
        .isEqualTo(31 * 86_400_000L - 3_600_000);
    // the hour that there is twice is two hours
    Quantity.Period first = Quantity.ENERGY_PER_HOUR.period(at("2026-10-25T02:30:00+02:00"), zone);
    Quantity.Period second = Quantity.ENERGY_PER_HOUR.period(at("2026-10-25T02:30:00+01:00"), zone);
    assertThat(second.startEpochMillis()).isEqualTo(first.endEpochMillis());
    assertThat(first.contains(first.startEpochMillis())).isTrue();
    assertThat(first.contains(first.endEpochMillis())).isFalse();
  }

  @Test
  void levels_areReachedAtAThreshold_andHeldOnToUntilClearlyBelow() {
    List<Integer> thresholds = List.of(85, 95, 100);
    assertThat(Levels.of(849, 1_000, thresholds, 5)).isEqualTo(new Levels(-1, 0));
    assertThat(Levels.of(850, 1_000, thresholds, 5)).isEqualTo(new Levels(0, 0));
    assertThat(Levels.of(807, 1_000, thresholds, 5)).isEqualTo(new Levels(-1, -1));
    assertThat(Levels.of(808, 1_000, thresholds, 5)).isEqualTo(new Levels(-1, 0));
    assertThat(Levels.of(999, 1_000, thresholds, 5)).isEqualTo(new Levels(1, 2));
    assertThat(Levels.of(1_000, 1_000, thresholds, 5)).isEqualTo(new Levels(2, 2));
    assertThat(Levels.of(950, 1_000, thresholds, 0)).isEqualTo(new Levels(1, 1));
  }

  @Test
  void severity_followsTheThreshold() {
    assertThat(Severity.ofPercent(85)).isEqualTo(Severity.INFO);
    assertThat(Severity.ofPercent(95)).isEqualTo(Severity.WARNING);
    assertThat(Severity.ofPercent(100)).isEqualTo(Severity.CRITICAL);
    assertThat(Severity.ofPercent(120)).isEqualTo(Severity.CRITICAL);
  }
}
