// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a site's supply: one point of the issue, and one of what is in force. */
public final class GridPoints {
  private GridPoints() {}

  /** The issue, and if it is the latest the interval as it is in force. */
  public static List<StorePoint> of(GridRecord record) {
    GridInterval interval = record.interval();
    List<StorePoint> points = new ArrayList<>();
    Map<String, Object> issue = common(interval);
    issue.put("issued_epoch_millis", interval.issued());
    issue.put("withdrawn", interval.withdrawn() ? 1L : 0L);
    issue.put("provider", interval.origin().provider());
    issue.put("zone", interval.origin().zone());
    issue.put("given", interval.origin().given());
    long second = Parts.secondNanos(interval.from());
    points.add(
        new StorePoint(
            Measurement.GRID, tags(interval), issue, second + Parts.hash("", interval.issued())));
    if (record.latest()) {
      Map<String, Object> now = common(interval);
      now.put("in_force", interval.withdrawn() ? 0L : 1L);
      points.add(new StorePoint(Measurement.GRID_NOW, tags(interval), now, second));
    }
    return points;
  }

  private static Map<String, Object> common(GridInterval interval) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("value", interval.value());
    fields.put("value_nano", interval.valueNano());
    fields.put("to_epoch_millis", interval.to());
    fields.put("currency", interval.currency());
    fields.put("quality", interval.quality().name());
    return fields;
  }

  private static Map<String, String> tags(GridInterval interval) {
    return Parts.tags(
        "site",
        interval.site(),
        "kind",
        interval.series().kind().name(),
        "basis",
        interval.series().basis().text(),
        "source",
        interval.series().source().name());
  }
}
