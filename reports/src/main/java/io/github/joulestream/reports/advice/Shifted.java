// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.Optional;

/** What jobs at a site would have saved by running some hours later. */
record Shifted(SiteUse site, Charges.Figure figure, FixedShift shift, double otherShare) {
  private static final int HOUR_MILLIS = 3_600_000;

  /** By money; by emissions where there is no price. */
  static Optional<Shifted> of(SiteUse site, long[] load) {
    int hourSteps = Math.max(1, HOUR_MILLIS / site.stepMillis());
    boolean hasPrice = !site.currency().isEmpty();
    Charges.Figure figure = hasPrice ? Charges.Figure.COST : Charges.Figure.CO2E_LOCATION;
    long[] location = LaterHours.rates(site, Charges.Figure.CO2E_LOCATION);
    return FixedShift.best(LaterHours.rates(site, figure), load, hourSteps)
        .map(shift ->
            new Shifted(
                site, figure, shift, FixedShift.share(location, load, hourSteps, shift.hours())));
  }

  /** Share of the money, or of the emissions where there is no price. */
  double share() {
    return shift.share();
  }

  /** As advice; without its money if other sites have other currencies. */
  Advice advice(String jobClass, int jobs, boolean withMoney) {
    boolean money = figure == Charges.Figure.COST;
    double saved = shift.total() * shift.share();
    String emitted =
        money && Double.isFinite(otherShare)
            ? " and emitted %s %s"
                .formatted(Said.percent(Math.abs(otherShare)), otherShare < 0 ? "more" : "less")
            : "";
    return new Advice(
        jobClass,
        Advice.Topic.HOURS,
        "%s later its electricity at %s %s %s less%s: start what can wait %s later."
            .formatted(
                Words.count(shift.hours(), "hour"),
                site.site(),
                money ? "cost" : "emitted",
                Said.percent(shift.share()),
                emitted,
                Words.count(shift.hours(), "hour")),
        BigDecimal.ZERO,
        money && withMoney ? Rate.decimal(saved) : null,
        money ? null : Rate.decimal(saved),
        jobs,
        ("of %s in the period, if all of these jobs ran %s later; chosen on"
                + " every other day, judged on the %d days between")
            .formatted(
                money ? Words.money(shift.total(), site.currency()) : Words.mass(shift.total()),
                Words.count(shift.hours(), "hour"),
                shift.days()));
  }
}
