// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A single job of the API as lines. */
final class JobText {
  private static final int MOST_NODES = 20;

  private JobText() {}

  /** What is known of it, its nodes now, and advice. */
  static List<String> lines(JsonNode detail, long nowEpochMillis) {
    JsonNode job = detail.path("job");
    JsonNode charges = job.path("charges");
    TextTable table = new TextTable(Column.left(""), Column.left(""));
    table.row("job", Figures.text(job.path("job")) + " of " + Figures.text(job.path("site")));
    table.row("name", Figures.text(job.path("name")));
    table.row(
        "user, project", Figures.text(job.path("user")) + ", " + Figures.text(job.path("project")));
    table.row("state", Figures.text(job.path("state")).toLowerCase(Locale.ROOT));
    table.row("time", Figures.elapsed(job.path("start"), job.path("end"), nowEpochMillis));
    table.row("power now", Figures.power(job.path("milliwatts")));
    table.row("highest power", Figures.power(detail.path("peakMilliwatts")));
    table.row("energy", energy(job));
    table.row("cost", Figures.cost(charges) + of(charges.path("costKnownRatio")));
    table.row("CO2e", Figures.co2e(charges) + of(charges.path("co2eKnownRatio")));
    table.row("renewable share", Figures.percent(charges.path("renewableRatio")));
    table.row(
        "GPU hours",
        "%s held, %s of them busy"
            .formatted(
                Figures.hours(job.path("gpuHeldMillis")),
                Figures.percent(job.path("gpuBusyMillis"), job.path("gpuHeldMillis"))));
    table.row(
        "held idle",
        "%s, %s of its energy"
            .formatted(
                Figures.energy(job.path("heldIdleMillijoules")),
                Figures.percent(job.path("heldIdleMillijoules"), job.path("energyMillijoules"))));
    table.row("coverage", Figures.percent(job.path("coverageRatio")));
    JsonNode work = detail.path("work");
    if (work.isObject()) {
      table.row(
          "work",
          "%s %s, %s per joule"
              .formatted(
                  Figures.number(work.path("amount")),
                  Figures.text(work.path("unit")),
                  Figures.number(work.path("perJoule"))));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.addAll(nodes(detail.path("nodesNow")));
    lines.addAll(advice(detail, ""));
    return lines;
  }

  private static String energy(JsonNode job) {
    JsonNode quality = job.path("quality");
    JsonNode total = job.path("energyMillijoules");
    return "%s; %s measured, %s estimated, %s modelled"
        .formatted(
            Figures.energy(total),
            Figures.percent(quality.path("measuredMillijoules"), total),
            Figures.percent(quality.path("estimatedMillijoules"), total),
            Figures.percent(quality.path("modelledMillijoules"), total));
  }

  private static String of(JsonNode known) {
    return known.isNumber() && known.asDouble() < 1
        ? " for %s of the energy".formatted(Quantities.percent(known.asDouble()))
        : "";
  }

  private static List<String> nodes(JsonNode nodes) {
    TextTable table =
        new TextTable(
            Column.left("NODE"), Column.right("POWER"), Column.right("GPUS"), Column.right("BUSY"));
    int shown = 0;
    for (JsonNode node : nodes) {
      if (shown++ < MOST_NODES) {
        table.row(
            Figures.text(node.path("node")),
            Figures.power(node.path("milliwatts")),
            Figures.number(node.path("gpus")),
            Figures.percent(node.path("busyRatio")));
      }
    }
    List<String> lines = new ArrayList<>();
    if (nodes.isEmpty()) {
      return lines;
    }
    lines.add("");
    lines.addAll(table.lines());
    if (nodes.size() > MOST_NODES) {
      lines.add("and %d more".formatted(nodes.size() - MOST_NODES));
    }
    return lines;
  }

  /** Advice, a line each. */
  static List<String> advice(JsonNode detail, String before) {
    List<String> lines = new ArrayList<>();
    for (JsonNode advice : detail.path("advice")) {
      JsonNode saving = advice.path("savingMillijoules");
      lines.add(
          before
              + Figures.text(advice.path("text"))
              + (saving.isNumber() ? " (about %s)".formatted(Figures.energy(saving)) : ""));
    }
    if (!lines.isEmpty() && before.isEmpty()) {
      lines.addFirst("");
    }
    return lines;
  }
}
