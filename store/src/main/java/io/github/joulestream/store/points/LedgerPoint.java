// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;

/** Both sides of a site's balance in a window. */
public final class LedgerPoint {
  private static final List<String> AMOUNTS = Parts.fields(SiteAmount.values());

  private LedgerPoint() {}

  /** One point. */
  public static StorePoint of(SiteWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = Parts.amounts(AMOUNTS, totals);
    fields.put(
        "difference_millijoules",
        totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
            - totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
            - totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    return new StorePoint(
        Measurement.LEDGER,
        SiteWindowPoint.tags(window),
        fields,
        Parts.windowNanos(window.windowStartEpochMillis(), window.fragmentEpochMillis()));
  }
}
