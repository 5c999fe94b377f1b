// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.period.Period;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Figures of jobs in one of several periods; null where they are not known.
 *
 * @param currency of the cost; empty if there is no price, or prices of several currencies
 */
record PeriodFigures(
    Period period,
    String currency,
    @Nullable BigDecimal energy,
    @Nullable BigDecimal cost,
    @Nullable BigDecimal location,
    @Nullable BigDecimal market,
    @Nullable BigDecimal perGpuHour,
    @Nullable BigDecimal busy,
    @Nullable BigDecimal heldIdle,
    @Nullable BigDecimal heldIdleShare) {

  /** Of the jobs of a period; nothing is known of one without a ledger. */
  static PeriodFigures of(PeriodData data) {
    if (data.sites().isEmpty()) {
      return new PeriodFigures(data.period(), "", null, null, null, null, null, null, null, null);
    }
    Use use = data.jobs();
    String currency = currency(data);
    return new PeriodFigures(
        data.period(),
        currency,
        Cells.sum(use.sum(JobAmount.TOTAL_MILLIJOULES)),
        currency.isEmpty() ? null : Cells.amount(use.charges(), Figure.COST),
        Cells.amount(use.charges(), Figure.CO2E_LOCATION),
        Cells.amount(use.charges(), Figure.CO2E_MARKET),
        GroupTables.perGpuHour(use),
        Cells.ratio(use.sum(JobAmount.GPU_BUSY_MILLIS), use.sum(JobAmount.GPU_HELD_MILLIS)),
        Cells.sum(use.sum(JobAmount.HELD_IDLE_MILLIJOULES)),
        Cells.ratio(
            use.sum(JobAmount.HELD_IDLE_MILLIJOULES), use.sum(JobAmount.TOTAL_MILLIJOULES)));
  }

  /** The one currency of all prices, else empty. */
  static String currency(PeriodData data) {
    var currencies =
        data.sites().values().stream()
            .map(SiteUse::currency)
            .filter(currency -> !currency.isEmpty())
            .distinct()
            .toList();
    return currencies.size() == 1 ? currencies.getFirst() : "";
  }
}
