// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.PowerField;
import io.github.joulestream.schemas.catalogue.RatioField;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** Power and utilisation of a site in a window. */
public final class SiteWindowPoint {
  private SiteWindowPoint() {}

  /** One point. */
  public static StorePoint of(SiteWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = watts(totals, window.windowMillis());
    for (RatioField ratio : RatioField.values()) {
      ratio.of(totals).ifPresent(value -> fields.put(ratio.fieldName(), value));
    }
    fields.put("total_millijoules", totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    return new StorePoint(
        Measurement.SITE_WINDOW,
        tags(window),
        fields,
        Parts.windowNanos(window.windowStartEpochMillis(), window.fragmentEpochMillis()));
  }

  static Map<String, Object> watts(Totals<SiteAmount> totals, int windowMillis) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (PowerField power : PowerField.values()) {
      if (power.isKnown(totals)) {
        fields.put(power.fieldName(), power.watts(totals, windowMillis));
      }
    }
    return fields;
  }

  static Map<String, String> tags(SiteWindow window) {
    return Parts.tags(
        "site", window.site(), Measurement.WINDOW, Windows.name(window.windowMillis()));
  }
}
