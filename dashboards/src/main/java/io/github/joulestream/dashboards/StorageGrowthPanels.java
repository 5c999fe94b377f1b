// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.Map;

/**
 * How fast used storage grows, and when it is full: by the newest hour of each site in the range.
 */
final class StorageGrowthPanels {
  private static final Source CAPACITY = Source.CAPACITY;

  private StorageGrowthPanels() {}

  static List<Panel> all() {
    return List.of(Panels.row("Growth of storage"), forecast(), course());
  }

  private static String last(String field, String name) {
    return Select.as("last(" + CAPACITY.field(field) + ")", name);
  }

  private static Panel forecast() {
    return Panels.table("Growth by site", Panels.BYTES, 14, 8)
        .describedAs(
            "Bytes a day: the median of the slopes between all days of the last 90 (Theil, Sen),"
                + " with its 99 % interval; known from 7 days on. Full: when it reaches what is seen"
                + " if it goes on like that, with the ends of the interval. Empty if that is not"
                + " foreseeable, as where the interval holds 0.")
        .asks(
            Query.table(
                Select.of(
                        last("storage_growth_bytes_per_day", "Growth a day"),
                        last("storage_growth_low_bytes_per_day", "At least"),
                        last("storage_growth_high_bytes_per_day", "At most"),
                        last("storage_full_epoch_millis", "Full"),
                        last("storage_full_earliest_epoch_millis", "Earliest"),
                        last("storage_full_latest_epoch_millis", "Latest"))
                    .from(CAPACITY, Windows.HOUR_NAME)
                    .where(
                        Queries.sites(CAPACITY),
                        "time >= ${__from}ms - 1h",
                        Queries.BEFORE_RANGE_ENDS)
                    .groupBy(CAPACITY.tag("site"))))
        .transform("organize", Panels.without())
        .field("Full", date())
        .field("Earliest", date())
        .field("Latest", date());
  }

  private static Map<String, Object> date() {
    return Panels.unit("dateTimeAsIso");
  }

  private static Panel course() {
    return Panels.lines("Used storage by site", Panels.BYTES, 10, 8)
        .describedAs("Means, of nodes that report how much is used.")
        .asks(
            Query.series(
                Queries.trend(
                    CAPACITY,
                    List.of(
                        new Column(
                            "used", CAPACITY.sum("storage_used_mebibytes") + " * 1048576.0")),
                    "site"),
                "$tag_site"))
        .fromZero()
        .interval("1m");
  }
}
