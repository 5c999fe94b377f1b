// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Energy, cost and CO2e of groups of jobs. */
@Command(
    name = "usage",
    sortOptions = false,
    description = "Show energy, cost and CO2e by project, user, and other groups of jobs.",
    footer = {
      "",
      "  joulestream usage                                 your projects, this month",
      "  joulestream usage --by day --period last-month",
      "  joulestream usage --by label.model --from 7d --json"
    })
public final class UsageCommand extends QueryCommand {
  private static final int KEY_WIDTH = 40;

  @Option(
      names = "--by",
      paramLabel = "GROUP",
      defaultValue = "project",
      description =
          "project, user, partition, site, kind, day, or label.NAME (default: ${DEFAULT-VALUE}).")
  String by = "project";

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description = "2026-10, last-month, this-week and so on (default: this-month).")
  @Nullable String period;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "In place of --period, the start: 24h, 7d, 2026-11-01, 2026-11-01T12:00:00Z.")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "The end (default: now).")
  @Nullable String to;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "Time zone of dates and periods, as Europe/Berlin (default: UTC).")
  @Nullable String zone;

  @Option(names = "--site", paramLabel = "NAME", description = "Of this site alone.")
  @Nullable String site;

  @Option(names = "--user", paramLabel = "NAME", description = "Jobs of this user; me is you.")
  @Nullable String user;

  @Option(names = "--project", paramLabel = "NAME", description = "Jobs of this project.")
  @Nullable String project;

  @Option(
      names = "--idle",
      paramLabel = "HOW",
      description = "What no job held: no, separate or shared (default: separate).")
  @Nullable String idle;

  @Override
  void query(ApiClient api) throws ApiClient.Unreachable {
    if (period != null && (from != null || to != null)) {
      throw UserError.usage("--period and --from or --to do not go together");
    }
    Map<String, String> parameters =
        parameters(
            "groupBy", by,
            "period", period == null && from == null && to == null ? "this-month" : period,
            "from", from,
            "to", to,
            "zone", zone,
            "site", site,
            "user", user,
            "project", project,
            "idle", idle);
    JsonNode usage = api.get("/api/v1/usage", parameters);
    if (json) {
      print(usage);
      return;
    }
    JsonNode range = usage.path("range");
    out()
        .printf(
            "%s to %s (%s), as of %s%n",
            Figures.text(range.path("from")),
            Figures.text(range.path("to")),
            Figures.text(range.path("zone")),
            Figures.text(usage.path("asOf")));
    boolean shared = usage.path("total").path("sharedIdleMillijoules").isNumber();
    TextTable table = shared ? table(Column.right("SHARED IDLE")) : table();
    JsonNode total = usage.path("total");
    for (JsonNode row : usage.path("rows")) {
      row(table, row, total, shared);
    }
    row(table, total, total, shared);
    print(table.lines());
    for (JsonNode note : usage.path("notes")) {
      out().println(Figures.text(note));
    }
  }

  private TextTable table(Column... more) {
    Column[] columns = {
      Column.left(ShownText.of(by.toUpperCase(Locale.ROOT)), KEY_WIDTH),
      Column.right("ENERGY"),
      Column.right("SHARE"),
      Column.right("COST"),
      Column.right("CO2E"),
      Column.right("GPU HOURS"),
      Column.right("BUSY"),
      Column.right("HELD IDLE"),
    };
    Column[] all = Arrays.copyOf(columns, columns.length + more.length);
    System.arraycopy(more, 0, all, columns.length, more.length);
    return new TextTable(all);
  }

  private static void row(TextTable table, JsonNode row, JsonNode total, boolean shared) {
    JsonNode energy = row.path("energyMillijoules");
    String[] cells = {
      Figures.text(row.path("key")),
      Figures.energy(energy),
      Figures.percent(energy, total.path("energyMillijoules")),
      Figures.cost(row.path("charges")),
      Figures.co2e(row.path("charges")),
      Figures.hours(row.path("gpuHeldMillis")),
      Figures.percent(row.path("gpuBusyMillis"), row.path("gpuHeldMillis")),
      Figures.percent(row.path("heldIdleMillijoules"), energy),
    };
    if (shared) {
      cells = Arrays.copyOf(cells, cells.length + 1);
      cells[cells.length - 1] = Figures.energy(row.path("sharedIdleMillijoules"));
    }
    table.row(cells);
  }
}
