// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.Trend;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.AlertMeasurement;
import java.util.List;

/**
 * The details of a budget's alerts. Values and limits are in mW or mJ.
 *
 * @param place the scope and its site, for people
 */
record BudgetDetails(Budget budget, ScopePower sum, String place) {
  private static final double MINUTE_MILLIS = 60_000;
  private static final int MAX_NAMED = 3;

  /** Power is over a threshold, or no longer. */
  AlertDetails overPower(int level, long value, long limit) {
    return over(
        level,
        value,
        limit,
        Figures.format(
            "power of %s is %s, %s of its limit of %s (budget %s)",
            place,
            Quantities.power(value),
            Figures.percent(value / (double) limit),
            Quantities.power(limit),
            budget.id()));
  }

  /** The energy of a period is over a threshold, or no longer. */
  AlertDetails overEnergy(int level, long value, long limit) {
    return over(
        level,
        value,
        limit,
        Figures.format(
            "energy of %s is %s, %s of its limit of %s %s (budget %s)",
            place,
            Quantities.wattHours(value),
            Figures.percent(value / (double) limit),
            Quantities.wattHours(limit),
            perPeriod(),
            budget.id()));
  }

  /** Power reaches its limit soon. */
  AlertDetails powerForecast(long value, long limit, Trend trend, long leftMillis) {
    return forecast(
        value,
        limit,
        Figures.format(
            "power of %s is %s and rises by %s per minute: it reaches its limit of %s (budget %s) in %s",
            place,
            Quantities.power(value),
            Quantities.power(Math.round(trend.slope() * MINUTE_MILLIS)),
            Quantities.power(limit),
            budget.id(),
            Figures.duration(leftMillis)));
  }

  /** The energy of a period reaches its limit before the end. */
  AlertDetails energyForecast(long value, long limit, String time) {
    return forecast(
        value,
        limit,
        Figures.format(
            "energy of %s is %s of its limit of %s %s (budget %s): at the present trend it reaches the limit on %s",
            place,
            Quantities.wattHours(value),
            Quantities.wattHours(limit),
            perPeriod(),
            budget.id(),
            time));
  }

  /** A forecast that has resolved, or is about to. */
  AlertDetails noForecast(int level, long value, long limit) {
    return forecast(
        value,
        limit,
        "%s of %s %s its limit (budget %s) at the present trend"
            .formatted(
                budget.quantity() == Quantity.POWER ? "power" : "energy",
                place,
                level < 0 ? "no longer reaches" : "may no longer reach",
                budget.id()));
  }

  private AlertDetails over(int level, long value, long limit, String summary) {
    int percent = percent(level);
    return details(
        Severity.ofPercent(percent), measured(value, limit, percent), summary + more(level));
  }

  private AlertDetails forecast(long value, long limit, String summary) {
    return details(Severity.WARNING, measured(value, limit, 100), summary);
  }

  private String perPeriod() {
    return switch (budget.quantity()) {
      case POWER -> "";
      case ENERGY_PER_HOUR -> "per hour";
      case ENERGY_PER_DAY -> "per day";
      case ENERGY_PER_MONTH -> "per month";
    };
  }

  /** The threshold at which it fires; once it has resolved, the lowest. */
  private int percent(int level) {
    List<Integer> thresholds = budget.thresholds().percent();
    return thresholds.get(Math.clamp(level, 0, thresholds.size() - 1));
  }

  static String noData(String since) {
    return "no data since " + since;
  }

  private String more(int level) {
    StringBuilder text = new StringBuilder();
    if (sum.absent > 0 && sum.absent == sum.nodes.size()) {
      text.append(" (").append(noData(Figures.instant(sum.latestMillis()))).append(')');
    } else if (sum.absent > 0) {
      text.append(
          Figures.format(
              " (%s of nodes reporting)", Figures.percent(sum.completenessBasisPoints() / 1e4)));
    }
    if (level >= 0) {
      List<Contributor> largest = sum.contributors();
      for (int i = 0; i < Math.min(MAX_NAMED, largest.size()); i++) {
        Contributor one = largest.get(i);
        text.append(i == 0 ? "; largest: " : ", ")
            .append(one.kind() == Contributor.Consumer.JOB ? "job " : "node ")
            .append(one.name())
            .append(Figures.format(" (%s)", Figures.percent(one.shareBasisPoints() / 1e4)));
      }
    }
    return text.toString();
  }

  private AlertMeasurement measured(long value, long limit, int thresholdPercent) {
    return new AlertMeasurement(
        value / 1e3,
        limit / 1e3,
        budget.quantity() == Quantity.POWER ? "W" : "J",
        thresholdPercent,
        sum.completenessBasisPoints());
  }

  private AlertDetails details(Severity severity, AlertMeasurement measured, String summary) {
    return new AlertDetails(
        budget.id(),
        severity,
        measured,
        sum.contributors(),
        summary,
        budget.owner(),
        budget.note());
  }
}
