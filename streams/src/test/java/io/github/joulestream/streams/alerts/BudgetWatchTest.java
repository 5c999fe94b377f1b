// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.SITE;
import static io.github.joulestream.streams.alerts.Events.START;
import static io.github.joulestream.streams.alerts.Events.node;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BudgetWatchTest {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 3_600_000;

  private final Memory memory = new Memory(SITE);
  private final SitePower power = new SitePower();
  private final AlertStates states = new AlertStates(SITE, memory, memory);
  private final Set<String> ended = new HashSet<>();
  private final ScopeStatus status = new ScopeStatus(power, ended::contains);
  private final CapAdvisor advisor = new CapAdvisor(power, memory, _ -> 0);

  private BudgetWatch watch(Budget budget) {
    return new BudgetWatch(budget, power.of(budget.scope()), states, status, advisor);
  }

  private BudgetWatch watch(Limit limit) {
    return watch(Events.budget("b", Scope.SITE, limit));
  }

  private AlertedNode take(String name, long now, long milliwatts, JobPower... jobs) {
    return requireNonNull(power.update(node(name, now, milliwatts, jobs), now));
  }

  private List<String> takeAlerts() {
    List<String> alerts =
        memory.alerts.stream()
            .map(alert ->
                "%s %s %d %s"
                    .formatted(
                        alert.rule().label(),
                        alert.state(),
                        alert.measured().thresholdPercent(),
                        alert.summary()))
            .toList();
    memory.alerts.clear();
    return new ArrayList<>(alerts);
  }

  @Test
  void power_firesAtItsThreshold_andResolvesBelowTheHysteresis() {
    BudgetWatch watch = watch(new PowerLimit(1_000_000));
    take("n1", START, 999_000);
    watch.evaluate(START);
    assertThat(takeAlerts()).isEmpty();
    take("n1", START + SECOND, 1_000_000);
    watch.evaluate(START + SECOND);
    assertThat(takeAlerts())
        .containsExactly(
            "power-budget FIRING 100 power of site dc1 is 1 kW, 100 % of its limit of 1 kW"
                + " (budget b); largest: node n1 (100 %)");
    take("n1", START + 2 * SECOND, 950_000);
    watch.evaluate(START + 2 * SECOND);
    watch.evaluate(START + 2 * SECOND + MINUTE);
    assertThat(takeAlerts()).hasSize(1).allMatch(alert -> alert.contains("FIRING"));
    take("n1", START + 2 * MINUTE, 949_000);
    watch.evaluate(START + 2 * MINUTE);
    watch.evaluate(START + 3 * MINUTE);
    assertThat(takeAlerts())
        .containsExactly(
            "power-budget RESOLVED 100 power of site dc1 is 949 W, 95 % of its limit of 1 kW"
                + " (budget b)");
  }

  @Test
  void theThresholdThatIsReached_isNamed_withItsSeverity() {
    Budget budget = Events.budget("b", Scope.SITE, new PowerLimit(1_000_000));
    BudgetWatch watch =
        watch(
            new Budget(
                SITE,
                "b",
                Scope.SITE,
                budget.limit(),
                "UTC",
                new Thresholds(List.of(85, 95, 110), 5),
                new AlertTiming(10 * SECOND, MINUTE, MINUTE, 0),
                "ada",
                "a note",
                0));
    take("n1", START, 960_000);
    watch.evaluate(START);
    assertThat(memory.alerts).isEmpty(); // not held yet
    watch.evaluate(START + 10 * SECOND);
    Alert alert = memory.alerts.getFirst();
    assertThat(alert.measured().thresholdPercent()).isEqualTo(95);
    assertThat(alert.severity()).isEqualTo(Severity.WARNING);
    assertThat(alert.measured().value()).isEqualTo(960);
    assertThat(alert.measured().limit()).isEqualTo(1_000);
    assertThat(alert.routing().owner()).isEqualTo("ada");
    assertThat(alert.routing().note()).isEqualTo("a note");
    assertThat(alert.times().sinceEpochMillis()).isEqualTo(START);
  }

  /** START is a Wednesday, 12:00 UTC. */
  @Test
  void aSchedule_lowersTheLimitAtItsHours() {
    Reduction afternoon = new Reduction(EnumSet.of(DayOfWeek.WEDNESDAY), 13 * 60, 14 * 60, 600_000);
    BudgetWatch watch = watch(new PowerLimit(1_000_000, List.of(afternoon), CapMode.NONE));
    for (long now = START; now < START + 3 * HOUR; now += MINUTE) {
      take("n1", now, 700_000);
      watch.evaluate(now);
    }
    assertThat(memory.alerts).hasSize(2);
    assertThat(memory.alerts.getFirst().times().sinceEpochMillis()).isEqualTo(START + HOUR);
    assertThat(memory.alerts.getFirst().measured().limit()).isEqualTo(600);
    assertThat(memory.alerts.getLast().times().endedEpochMillis())
        .isEqualTo(START + 2 * HOUR + MINUTE);
  }

  @Test
  void energy_isThatOfThePeriod_andEndsWithIt() {
    BudgetWatch watch = watch(new EnergyLimit(Quantity.ENERGY_PER_HOUR, 3_600_000));
    EnergyBuckets energy = new EnergyBuckets();
    power.site().energy = energy;
    take("n1", START, 1_000);
    energy.add(START - SECOND, 9_000_000); // of the hour before
    watch.evaluate(START);
    energy.add(START + 30 * MINUTE, 3_599_999);
    watch.evaluate(START + 31 * MINUTE);
    assertThat(takeAlerts()).isEmpty();
    energy.add(START + 30 * MINUTE, 1);
    watch.evaluate(START + 32 * MINUTE);
    assertThat(takeAlerts())
        .containsExactly(
            "hour-budget FIRING 100 energy of site dc1 is 1 Wh, 100 % of its limit of 1 Wh"
                + " per hour (budget b); largest: node n1 (100 %)");
    watch.evaluate(START + HOUR - 1);
    assertThat(takeAlerts()).isEmpty();
    watch.evaluate(START + HOUR);
    assertThat(takeAlerts())
        .containsExactly("hour-budget RESOLVED 100 site dc1: the period is over");
  }

  @Test
  void aTrendTowardsTheLimit_isForecast_andAConstantIsNot() {
    Budget budget = Events.budget("b", Scope.SITE, new PowerLimit(1_000_000));
    BudgetWatch watch =
        watch(
            new Budget(
                SITE,
                "b",
                Scope.SITE,
                budget.limit(),
                "UTC",
                budget.thresholds(),
                new AlertTiming(0, MINUTE, MINUTE, 600_000),
                "",
                "",
                0));
    for (int i = 0; i < 20; i++) {
      take("n1", START + i * 15L * SECOND, 600_000);
      watch.evaluate(START + i * 15L * SECOND);
    }
    assertThat(takeAlerts()).isEmpty();
    // 10 W per 15 s
    for (int i = 0; i < 40; i++) {
      long now = START + (20 + i) * 15L * SECOND;
      take("n1", now, 500_000 + i * 10_000L);
      watch.evaluate(now);
    }
    assertThat(takeAlerts())
        .first()
        .asString()
        .startsWith("power-forecast FIRING 100 power of site dc1 is ")
        .contains(" and rises by ", " per minute: it reaches its limit of 1 kW (budget b) in ");
  }

  @Test
  void withoutData_powerIsNotKnown_andEnergyIs() {
    BudgetWatch ofPower = watch(new PowerLimit(1_000_000));
    BudgetWatch ofEnergy = watch(new EnergyLimit(Quantity.ENERGY_PER_HOUR, 1_000));
    EnergyBuckets energy = new EnergyBuckets();
    power.site().energy = energy;
    energy.add(START, 5_000);
    AlertedNode node = take("n1", START, 2_000_000);
    ofPower.evaluate(START);
    ofEnergy.evaluate(START);
    assertThat(takeAlerts()).hasSize(2);
    power.markGone(node);
    ofPower.evaluate(START + 10 * MINUTE);
    ofEnergy.evaluate(START + 10 * MINUTE);
    assertThat(takeAlerts())
        .contains("power-budget RESOLVED 100 site dc1: no data since 2026-11-25 12:00:00 UTC")
        .noneMatch(alert -> alert.startsWith("hour-budget RESOLVED"));
    assertThat(states.level(Rule.HOUR_BUDGET, Scope.SITE)).isZero();
  }

  @Test
  void theBudgetOfAJobThatHasEnded_resolves() {
    JobPower job = new JobPower("17", 2_000_000, 10_000, 10_000);
    take("n1", START, 2_000_000, job);
    BudgetWatch watch = watch(Events.budget("b", Scope.job("17"), new PowerLimit(1_000_000)));
    watch.evaluate(START);
    ended.add("17");
    watch.evaluate(START + SECOND);
    assertThat(takeAlerts())
        .hasSize(2)
        .last()
        .isEqualTo("power-budget RESOLVED 100 job 17 of site dc1: the job has ended");
  }

  @Test
  void caps_areAdvisedEvery10Seconds_andWithdrawnWhenTheAlertResolves() {
    BudgetWatch watch = watch(new PowerLimit(1_000_000, List.of(), CapMode.PROPORTIONAL));
    take("n1", START - SECOND, 100_000);
    for (int second = 0; second < 25; second++) {
      take("n1", START + second * SECOND, 1_200_000);
      watch.evaluate(START + second * SECOND);
    }
    assertThat(memory.advice)
        .extracting(one -> (one.epochMillis() - START) / SECOND)
        .containsExactly(0L, 10L, 20L);
    assertThat(memory.advice.getFirst().caps().getFirst().capMilliwatts()).isEqualTo(1_000_000);
    memory.advice.clear();
    take("n1", START + 30 * SECOND, 500_000);
    watch.evaluate(START + 30 * SECOND);
    assertThat(memory.advice).isEmpty(); // under the limit, and the alert still fires
    watch.evaluate(START + 90 * SECOND);
    assertThat(memory.advice).singleElement().extracting(CapAdvice::caps).isEqualTo(List.of());
  }

  @Test
  void removed_itsAlertsResolve_itsAdviceIsWithdrawn_andItsStateIsDeleted() {
    BudgetWatch watch = watch(new PowerLimit(1_000_000, List.of(), CapMode.PROPORTIONAL));
    take("n1", START, 1_200_000);
    watch.evaluate(START);
    takeAlerts();
    memory.advice.clear();
    watch.remove(START + SECOND);
    assertThat(takeAlerts())
        .containsExactly("power-budget RESOLVED 100 site dc1: the budget was removed or changed");
    assertThat(memory.advice).singleElement().extracting(CapAdvice::caps).isEqualTo(List.of());
    assertThat(memory.entries(StateSection.ALARM)).isEmpty();
  }

  @Test
  void aNewLimit_appliesAtOnce_andTheAlertStays() {
    Budget budget = Events.budget("b", Scope.SITE, new PowerLimit(1_000_000));
    BudgetWatch watch = watch(budget);
    take("n1", START, 1_200_000);
    watch.evaluate(START);
    takeAlerts();
    watch.set(budget.withLimit(new PowerLimit(1_100_000)));
    watch.evaluate(START + SECOND);
    assertThat(takeAlerts()).isEmpty();
    assertThat(states.level(Rule.POWER_BUDGET, Scope.SITE)).isZero();
    watch.set(budget.withLimit(new PowerLimit(2_000_000)));
    watch.evaluate(START + 2 * SECOND);
    watch.evaluate(START + 2 * SECOND + MINUTE);
    assertThat(takeAlerts())
        .singleElement()
        .asString()
        .startsWith("power-budget RESOLVED 100 power of site dc1 is 1.2 kW, 60 % of its limit of");
  }
}
