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

/**
 * A value of a site's supply: one point of the issue, and what is in force. Of prices, intensities
 * and shares that is a point in each hour that the interval lies in: dashboards find the value of
 * an hour there, also of a price that is fixed for a year.
 */
public final class GridPoints {
  private static final long HOUR_MILLIS = 3_600_000;

  /** A longer interval has its first point alone: else one record would be millions of points. */
  private static final long LONGEST_BY_HOUR_MILLIS = 366 * 24 * HOUR_MILLIS;

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
      Map<String, String> tags = tags(interval);
      points.add(new StorePoint(Measurement.GRID_NOW, tags, now, second));
      for (long hour = secondHour(interval); hour < interval.to(); hour += HOUR_MILLIS) {
        points.add(new StorePoint(Measurement.GRID_NOW, tags, now, Parts.secondNanos(hour)));
      }
    }
    return points;
  }

  /** The first whole hour after its start, if it has points by the hour; else its end. */
  private static long secondHour(GridInterval interval) {
    long millis = interval.to() - interval.from();
    boolean isByHour =
        switch (interval.series().kind()) {
          case CARBON, MIX, PRICE -> millis > HOUR_MILLIS && millis <= LONGEST_BY_HOUR_MILLIS;
          case FIXED_CHARGE,
              DEMAND_CHARGE,
              GENERATION,
              EXPORT,
              BATTERY,
              GUARANTEE_OF_ORIGIN,
              POWER_PURCHASE,
              GUARANTEE_SOLD ->
              false;
        };
    return isByHour
        ? (Math.floorDiv(interval.from(), HOUR_MILLIS) + 1) * HOUR_MILLIS
        : interval.to();
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
