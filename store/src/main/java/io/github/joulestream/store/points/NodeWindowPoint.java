// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.NodeField;
import io.github.joulestream.store.StorePoint;
import java.util.Map;

/** Power and amounts of a node in a window: one of several points, which add up. */
public final class NodeWindowPoint {
  private NodeWindowPoint() {}

  /** One point. */
  public static StorePoint of(NodeWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = SiteWindowPoint.watts(totals, window.windowMillis());
    for (NodeField field : NodeField.values()) {
      fields.put(field.fieldName(), field.of(totals));
    }
    return new StorePoint(
        Measurement.NODE_WINDOW,
        Parts.tags(
            "site",
            window.site(),
            "node",
            window.node(),
            Measurement.WINDOW,
            Windows.name(window.windowMillis())),
        fields,
        Parts.nanos(window.windowStartEpochMillis()) + Parts.numbered(window.fragment()));
  }
}
