// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.alerts.Alarm.Event;
import io.github.joulestream.energy.alerts.Alarm.Patience;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Caps;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Levels;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Samples;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.alerts.Trend;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.streams.alerts.AlertStates.Saying;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A budget, held against what its scope draws or has drawn. One thread. */
final class BudgetWatch {
  private static final long MINUTE_MILLIS = 60_000;
  private static final long ADVICE_MILLIS = 10_000;
  private static final int MAX_TOLD = 3;
  // below this part of the limit no one wants to hear of trends
  private static final double FORECAST_FROM = 0.5;

  private final ScopePower draw;
  private final AlertStates book;
  private final AlertStateStore keeper;
  private final Surroundings surroundings;

  @SuppressWarnings("NullAway.Init") // by set
  private Budget budget;

  @SuppressWarnings("NullAway.Init")
  private ZoneId zone;

  @SuppressWarnings("NullAway.Init")
  private Patience patience;

  @SuppressWarnings("NullAway.Init")
  private Samples samples;

  private @Nullable Period period;
  private long limitMinute = Long.MIN_VALUE;
  private long limit;
  private long advisedMillis;

  BudgetWatch(
      Budget budget,
      ScopePower draw,
      AlertStates book,
      AlertStateStore keeper,
      Surroundings surroundings) {
    this.draw = draw;
    this.book = book;
    this.keeper = keeper;
    this.surroundings = surroundings;
    set(budget);
  }

  Budget budget() {
    return budget;
  }

  ScopePower draw() {
    return draw;
  }

  /** Changes it; scope and quantity stay the same. */
  void set(Budget newBudget) {
    budget = newBudget;
    zone = budget.zoneId();
    patience =
        new Patience(
            budget.timing().holdMillis(),
            budget.timing().resolveAfterMillis(),
            budget.timing().cooldownMillis());
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

  /** Looks whether there is something to say. */
  void evaluate(long now) {
    if (surroundings.isOver(draw)) {
      end(now, "the job has ended");
      return;
    }
    String noDataSince = surroundings.noDataSince(draw);
    if (!budget.quantity().isEnergy()) {
      if (noDataSince == null) {
        evaluatePower(now);
      } else {
        // a sum of nothing is not 0 W: it is not known whether the limit is passed
        end(now, noData(noDataSince));
      }
    } else if (noDataSince == null) {
      evaluateEnergy(now, true);
    } else {
      evaluateEnergy(now, false);
      book.end(Rule.forecast(budget.quantity()), draw.scope, now, noData(noDataSince));
    }
  }

  private static String noData(String since) {
    return "no data since " + since;
  }

  /** What it said is over, or not known any more. */
  private void end(long now, String why) {
    boolean advised =
        budget.limit().advice() != CapMode.NONE && book.level(Rule.POWER_BUDGET, draw.scope) >= 0;
    book.end(Rule.budget(budget.quantity()), draw.scope, now, why);
    book.end(Rule.forecast(budget.quantity()), draw.scope, now, why);
    samples.clear();
    if (advised) {
      withdrawAdvice(now);
    }
  }

  private Levels levels(long value, long ofLimit) {
    return Levels.of(
        value, ofLimit, budget.thresholds().percent(), budget.thresholds().hysteresisPercent());
  }

  private void evaluatePower(long now) {
    long minute = Math.floorDiv(now, MINUTE_MILLIS);
    if (minute != limitMinute) {
      limitMinute = minute;
      limit = budget.limitAt(now);
    }
    long value = draw.milliwatts;
    Event event =
        book.step(
            Rule.POWER_BUDGET,
            draw.scope,
            now,
            levels(value, limit),
            patience,
            level -> overPower(level, value));
    if (budget.timing().forecastMillis() > 0 && samples.offer(now, value)) {
      Trend trend = value < FORECAST_FROM * limit ? null : samples.trend();
      long left =
          trend == null || value >= limit
              ? Long.MAX_VALUE
              : trend.millisTo((double) limit, budget.timing().forecastMillis());
      forecast(
          now,
          left,
          () ->
              Figures.format(
                  "%s draws %s and rises by %s a minute: its limit of %s (budget %s) is passed in %s",
                  book.place(draw.scope),
                  Figures.power(value),
                  Figures.power(Math.round(requireNonNull(trend).slope() * MINUTE_MILLIS)),
                  Figures.power(limit),
                  budget.id(),
                  Figures.duration(left)),
          value,
          limit);
    }
    if (budget.limit().advice() != CapMode.NONE) {
      advise(now, value, event);
    }
  }

  private void evaluateEnergy(long now, boolean foretell) {
    EnergyBuckets meter = requireNonNull(draw.meter, "energy nobody adds up");
    Period current = period;
    if (current == null || !current.contains(now)) {
      current = budget.quantity().period(now, zone);
      period = current;
      endIfBefore(current, Rule.budget(budget.quantity()), now);
      endIfBefore(current, Rule.forecast(budget.quantity()), now);
      samples.clear();
      meter.recall(current, now, samples);
    }
    Period in = current;
    limit = budget.limit().milli();
    long value = meter.sum(in);
    book.step(
        Rule.budget(budget.quantity()),
        draw.scope,
        now,
        levels(value, limit),
        patience,
        level -> usedEnergy(level, value));
    if (foretell && budget.timing().forecastMillis() > 0 && samples.offer(now, value)) {
      Trend trend = samples.trend();
      long left =
          trend == null || value >= limit
              ? Long.MAX_VALUE
              : trend.millisTo((double) limit, in.endEpochMillis() - now);
      forecast(
          now,
          left,
          () ->
              Figures.format(
                  "%s has used %s of its %s %s (budget %s): at the present trend the rest is used up on %s",
                  book.place(draw.scope),
                  Figures.energy(value),
                  Figures.energy(limit),
                  per(),
                  budget.id(),
                  Figures.time(now + left, zone)),
          value,
          limit);
    }
  }

  private void endIfBefore(Period current, Rule rule, long now) {
    Alert told = book.told(rule, draw.scope);
    if (told != null && told.times().sinceEpochMillis() < current.startEpochMillis()) {
      book.end(rule, draw.scope, now, "the period is over");
    }
  }

  private interface Summary {
    String text();
  }

  private void forecast(long now, long leftMillis, Summary summary, long value, long ofLimit) {
    boolean soon = leftMillis != Long.MAX_VALUE;
    book.step(
        Rule.forecast(budget.quantity()),
        draw.scope,
        now,
        soon ? Levels.ONE : Levels.NONE,
        new Patience(0, budget.timing().resolveAfterMillis(), budget.timing().cooldownMillis()),
        level ->
            saying(
                Severity.WARNING,
                value,
                ofLimit,
                100,
                soon
                    ? summary.text()
                    : book.place(draw.scope)
                        + (level < 0 ? ": no longer" : ": no longer for sure")
                        + " on its way over its limit (budget "
                        + budget.id()
                        + ")"));
  }

  private Saying overPower(int level, long value) {
    return over(
        level,
        value,
        Figures.format(
            "%s draws %s, %s of its limit of %s (budget %s)",
            book.place(draw.scope),
            Figures.power(value),
            Figures.percent(value / (double) limit),
            Figures.power(limit),
            budget.id()));
  }

  private Saying usedEnergy(int level, long value) {
    return over(
        level,
        value,
        Figures.format(
            "%s has used %s, %s of its %s %s (budget %s)",
            book.place(draw.scope),
            Figures.energy(value),
            Figures.percent(value / (double) limit),
            Figures.energy(limit),
            per(),
            budget.id()));
  }

  private Saying over(int level, long value, String summary) {
    int percent = percent(level);
    return saying(Severity.ofPercent(percent), value, limit, percent, summary + more(level));
  }

  private String per() {
    return switch (budget.quantity()) {
      case POWER -> "";
      case ENERGY_PER_HOUR -> "for the hour";
      case ENERGY_PER_DAY -> "for the day";
      case ENERGY_PER_MONTH -> "for the month";
    };
  }

  /** The threshold at which it fires; once it has ended, the lowest. */
  private int percent(int level) {
    List<Integer> thresholds = budget.thresholds().percent();
    return thresholds.get(Math.clamp(level, 0, thresholds.size() - 1));
  }

  private String more(int level) {
    StringBuilder text = new StringBuilder();
    if (draw.absent > 0 && draw.absent == draw.nodes.size()) {
      text.append(" (").append(noData(Figures.instant(draw.latestMillis()))).append(')');
    } else if (draw.absent > 0) {
      text.append(
          Figures.format(
              " (%s of nodes reporting)", Figures.percent(draw.completenessBasisPoints() / 1e4)));
    }
    if (level >= 0) {
      List<Contributor> most = draw.contributors();
      for (int i = 0; i < Math.min(MAX_TOLD, most.size()); i++) {
        Contributor one = most.get(i);
        text.append(i == 0 ? "; most of it: " : ", ")
            .append(one.kind() == Contributor.Consumer.JOB ? "job " : "node ")
            .append(one.name())
            .append(Figures.format(" (%s)", Figures.percent(one.shareBasisPoints() / 1e4)));
      }
    }
    return text.toString();
  }

  private Saying saying(
      Severity severity, long value, long ofLimit, int thresholdPercent, String summary) {
    return new Saying(
        budget.id(),
        severity,
        value / 1e3,
        ofLimit / 1e3,
        budget.quantity() == Quantity.POWER ? "W" : "J",
        thresholdPercent,
        draw.completenessBasisPoints(),
        draw.contributors(),
        summary,
        budget.owner(),
        budget.note());
  }

  /** Advice while the limit itself is passed; none is needed once all is quiet. */
  private void advise(long now, long value, Event event) {
    if (event == Event.RESOLVED) {
      withdrawAdvice(now);
    } else if (value > limit
        && book.level(Rule.POWER_BUDGET, draw.scope) >= 0
        && now - advisedMillis >= ADVICE_MILLIS) {
      advisedMillis = now;
      Caps caps = Caps.of(value - limit, surroundings.drawers(draw), budget.limit().advice());
      keeper.advise(
          new CapAdvice(
              budget.site(),
              budget.id(),
              draw.scope.text(),
              now,
              limit,
              value,
              caps.unmetMilliwatts(),
              budget.limit().advice(),
              caps.caps()));
    }
  }

  private void withdrawAdvice(long now) {
    advisedMillis = 0;
    keeper.advise(
        new CapAdvice(
            budget.site(),
            budget.id(),
            draw.scope.text(),
            now,
            limit,
            draw.milliwatts,
            0,
            budget.limit().advice(),
            List.of()));
  }

  /** It is not in force any more. */
  void remove(long now) {
    String why = "the budget was removed or changed";
    end(now, why);
    book.forget(Rule.budget(budget.quantity()), draw.scope, now, why);
    book.forget(Rule.forecast(budget.quantity()), draw.scope, now, why);
  }

  /** True if nodes and not jobs are to be advised. */
  static boolean advisesNodes(Scope scope) {
    return switch (scope.kind()) {
      case PROJECT, USER -> false;
      default -> true;
    };
  }
}
