// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A budget as it is from a time on. */
public final class BudgetPoint {
  private BudgetPoint() {}

  /**
   * One point.
   *
   * @param key of the record: {@code site/budget}
   * @param budget null if it was removed
   */
  public static StorePoint of(String key, @Nullable Budget budget, long epochMillis) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("in_force", budget == null ? 0L : 1L);
    if (budget != null) {
      fields.put("scope", budget.scope().text());
      fields.put("scope_kind", budget.scope().kind().name());
      fields.put("period", budget.quantity().name());
      fields.put("zone", budget.zone());
      fields.put("owner", budget.owner());
      fields.put("note", budget.note());
      switch (budget.limit()) {
        case EnergyLimit energy -> fields.put("limit_millijoules", energy.millijoules());
        case PowerLimit power -> fields.put("limit_watts", power.milliwatts() / 1e3);
      }
    }
    String site = Keys.site(key);
    if (site.isEmpty() || key.length() <= site.length() + 1) {
      throw new IllegalArgumentException("a budget's key is site/budget, not '" + key + "'");
    }
    return new StorePoint(
        Measurement.BUDGET,
        Parts.tags("site", site, "budget", key.substring(site.length() + 1)),
        fields,
        Parts.nanos(epochMillis));
  }
}
