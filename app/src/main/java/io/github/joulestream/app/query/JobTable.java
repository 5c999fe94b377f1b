// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.util.List;
import java.util.Locale;

/** Jobs of the API as a table. */
final class JobTable {
  private static final int NAME_WIDTH = 24;

  private JobTable() {}

  /** Lines of the table; its header alone if there are no jobs. */
  static List<String> lines(Iterable<JsonNode> jobs, long nowEpochMillis) {
    TextTable table =
        new TextTable(
            Column.left("JOB", NAME_WIDTH),
            Column.left("NAME", NAME_WIDTH),
            Column.left("USER", NAME_WIDTH),
            Column.left("PROJECT", NAME_WIDTH),
            Column.left("STATE"),
            Column.right("TIME"),
            Column.right("POWER"),
            Column.right("ENERGY"),
            Column.right("COST"),
            Column.right("CO2E"),
            Column.right("HELD IDLE"));
    for (JsonNode job : jobs) {
      table.row(
          Figures.text(job.path("job")),
          Figures.text(job.path("name")),
          Figures.text(job.path("user")),
          Figures.text(job.path("project")),
          Figures.text(job.path("state")).toLowerCase(Locale.ROOT),
          Figures.elapsed(job.path("start"), job.path("end"), nowEpochMillis),
          Figures.power(job.path("milliwatts")),
          Figures.energy(job.path("energyMillijoules")),
          Figures.cost(job.path("charges")),
          Figures.co2e(job.path("charges")),
          Figures.percent(job.path("heldIdleMillijoules"), job.path("energyMillijoules")));
    }
    return table.lines();
  }
}
