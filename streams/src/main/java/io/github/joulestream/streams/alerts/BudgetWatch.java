// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Trend;
import io.github.joulestream.energy.alerts.Alarm.Event;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Samples;
import io.github.joulestream.schemas.Alert;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Evaluates one budget against the power or energy of its scope. One thread. */
final class BudgetWatch {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long ADVICE_MILLIS = 10_000;
  // below this share of the limit a trend of power is not evaluated
  private static final double FORECAST_FROM = 0.5;

  private final ScopePower sum;
  private final AlertStates states;
  private final ScopeStatus status;
  private final CapAdvisor advisor;

  @SuppressWarnings("NullAway.Init") // by set
  private Budget budget;

  @SuppressWarnings("NullAway.Init")
  private BudgetDetails details;

  @SuppressWarnings("NullAway.Init")
  private ZoneId zone;

  @SuppressWarnings("NullAway.Init")
  private Samples samples;

  private @Nullable Period period;
  private long limitMinute = Long.MIN_VALUE;
  private long limit;
  private long advisedMillis;

  BudgetWatch(
      Budget budget, ScopePower sum, AlertStates states, ScopeStatus status, CapAdvisor advisor) {
    this.sum = sum;
    this.states = states;
    this.status = status;
    this.advisor = advisor;
    set(budget);
  }

  Budget budget() {
    return budget;
  }

  ScopePower sum() {
    return sum;
  }

  /** Changes the budget; scope and quantity stay the same. */
  void set(Budget newBudget) {
    budget = newBudget;
    details = new BudgetDetails(newBudget, sum, states.place(sum.scope));
    zone = budget.zoneId();
    samples =
        new Samples(
            switch (budget.quantity()) {
              case POWER, ENERGY_PER_HOUR -> 600_000L;
              case ENERGY_PER_DAY -> 3 * 3_600_000L;
              case ENERGY_PER_MONTH -> 3 * 86_400_000L;
            });
    period = null;
    limitMinute = Long.MIN_VALUE;
  }

  /** Steps the alarms of the budget and of its forecast. */
  void evaluate(long now) {
    if (status.isOver(sum)) {
      end(now, "the job has ended");
      return;
    }
    String noDataSince = status.noDataSince(sum);
    if (!budget.quantity().isEnergy()) {
      if (noDataSince == null) {
        evaluatePower(now);
      } else {
        // a sum of nothing is not 0 W: it is not known whether the limit is passed
        end(now, BudgetDetails.noData(noDataSince));
      }
    } else if (noDataSince == null) {
      evaluateEnergy(now, true);
    } else {
      evaluateEnergy(now, false);
      states.end(forecastRule(), sum.scope, now, BudgetDetails.noData(noDataSince));
    }
  }

  private Rule rule() {
    return Rule.budget(budget.quantity());
  }

  private Rule forecastRule() {
    return Rule.forecast(budget.quantity());
  }

  /** Resolves its alerts: their cause is over, or not known any more. */
  private void end(long now, String reason) {
    boolean advised =
        budget.limit().advice() != CapMode.NONE && states.level(Rule.POWER_BUDGET, sum.scope) >= 0;
    states.end(rule(), sum.scope, now, reason);
    states.end(forecastRule(), sum.scope, now, reason);
    samples.clear();
    if (advised) {
      withdrawAdvice(now);
    }
  }

  private Levels levels(long value) {
    return Levels.of(
        value, limit, budget.thresholds().percent(), budget.thresholds().hysteresisPercent());
  }

  private void evaluatePower(long now) {
    long minute = Math.floorDiv(now, MINUTE_MILLIS);
    if (minute != limitMinute) {
      limitMinute = minute;
      limit = budget.limitAt(now);
    }
    long value = sum.milliwatts;
    Event event =
        states.step(
            Rule.POWER_BUDGET,
            sum.scope,
            now,
            levels(value),
            budget.timing(),
            level -> details.overPower(level, value, limit));
    if (budget.timing().forecastMillis() > 0 && samples.offer(now, value)) {
      Trend trend = value < FORECAST_FROM * limit ? null : samples.trend();
      long left = millisToLimit(trend, value, budget.timing().forecastMillis());
      forecast(
          now,
          left,
          level ->
              left == Long.MAX_VALUE
                  ? details.noForecast(level, value, limit)
                  : details.powerForecast(value, limit, requireNonNull(trend), left));
    }
    if (budget.limit().advice() != CapMode.NONE) {
      advise(now, value, event);
    }
  }

  private void evaluateEnergy(long now, boolean forecast) {
    EnergyBuckets energy = requireNonNull(sum.energy, "energy is not added up");
    Period current = period;
    if (current == null || !current.contains(now)) {
      current = budget.quantity().period(now, zone);
      period = current;
      endIfBefore(current, rule(), now);
      endIfBefore(current, forecastRule(), now);
      samples.clear();
      energy.replay(current, now, samples);
    }
    limit = budget.limit().milli();
    long value = energy.sum(current);
    states.step(
        rule(),
        sum.scope,
        now,
        levels(value),
        budget.timing(),
        level -> details.overEnergy(level, value, limit));
    if (forecast && budget.timing().forecastMillis() > 0 && samples.offer(now, value)) {
      long left = millisToLimit(samples.trend(), value, current.endEpochMillis() - now);
      forecast(
          now,
          left,
          level ->
              left == Long.MAX_VALUE
                  ? details.noForecast(level, value, limit)
                  : details.energyForecast(value, limit, Figures.time(now + left, zone)));
    }
  }

  private long millisToLimit(@Nullable Trend trend, long value, long horizonMillis) {
    return trend == null || value >= limit
        ? Long.MAX_VALUE
        : trend.millisTo((double) limit, horizonMillis);
  }

  private void endIfBefore(Period current, Rule rule, long now) {
    Alert firing = states.firing(rule, sum.scope);
    if (firing != null && firing.times().sinceEpochMillis() < current.startEpochMillis()) {
      states.end(rule, sum.scope, now, "the period is over");
    }
  }

  private void forecast(long now, long leftMillis, AlertText text) {
    AlertTiming timing = budget.timing();
    states.step(
        forecastRule(),
        sum.scope,
        now,
        leftMillis == Long.MAX_VALUE ? Levels.NONE : Levels.ONE,
        new AlertTiming(0, timing.resolveAfterMillis(), timing.cooldownMillis(), 0),
        text);
  }

  /**
   * Advises on caps while the limit itself is passed, and withdraws them when the alert resolves.
   */
  private void advise(long now, long value, Event event) {
    if (event == Event.RESOLVED) {
      withdrawAdvice(now);
    } else if (value > limit
        && states.level(Rule.POWER_BUDGET, sum.scope) >= 0
        && now - advisedMillis >= ADVICE_MILLIS) {
      advisedMillis = now;
      advisor.advise(budget, sum, now, limit);
    }
  }

  private void withdrawAdvice(long now) {
    advisedMillis = 0;
    advisor.withdraw(budget, sum, now, limit);
  }

  /** Resolves its alerts and deletes their state: the budget is not in force any more. */
  void remove(long now) {
    String reason = "the budget was removed or changed";
    end(now, reason);
    states.forget(rule(), sum.scope, now, reason);
    states.forget(forecastRule(), sum.scope, now, reason);
  }
}
