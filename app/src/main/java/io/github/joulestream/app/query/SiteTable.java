// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.util.List;
import java.util.Locale;

/** Sites of the API as a table. */
final class SiteTable {
  private SiteTable() {}

  /** Lines of the table; none if no site is shown to who asks. */
  static List<String> lines(List<JsonNode> sites) {
    if (sites.isEmpty()) {
      return List.of();
    }
    TextTable table =
        new TextTable(
            Column.left("SITE"),
            Column.right("POWER"),
            Column.right("JOBS"),
            Column.right("IDLE"),
            Column.right("HELD IDLE"),
            Column.right("GPUS BUSY"),
            Column.right("NODES"),
            Column.right("ALERTS"),
            Column.right("AGE"));
    for (JsonNode site : sites) {
      table.row(
          Figures.text(site.path("site")),
          Figures.power(site.path("milliwatts")),
          Figures.power(site.path("jobsMilliwatts")),
          Figures.power(site.path("idleMilliwatts")),
          Figures.power(site.path("heldIdleMilliwatts")),
          "%s of %s".formatted(Figures.number(site.path("gpusBusy")), number(site.path("gpus"))),
          "%s of %s".formatted(number(site.path("nodesReporting")), number(site.path("nodes"))),
          number(site.path("alertsFiring")),
          site.path("ageSeconds").isNumber()
              ? String.format(Locale.ROOT, "%.1f s", site.path("ageSeconds").asDouble())
              : Figures.UNKNOWN);
    }
    return table.lines();
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%,d", value.asLong()) : Figures.UNKNOWN;
  }
}
