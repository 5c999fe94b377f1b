// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a panel shows that merges the rows of its two queries: its transformations, as Grafana 12
 * and 13 do them, one by one as the panel's JSON has them.
 */
public final class Merged {
  private final Grafana grafana;
  private final Macros macros;

  /** Numbers of a site, by column; one is the time. */
  private record Row(String site, Map<String, Double> values) {
    double value(String column) {
      return requireNonNull(values.get(column), column);
    }

    boolean isOf(Row other) {
      return site.equals(other.site) && value("time") == other.value("time");
    }
  }

  public Merged(Grafana grafana, Macros macros) {
    this.grafana = grafana;
    this.macros = macros;
  }

  /** The figure; empty where the panel has its text for no value. */
  public OptionalDouble shown(String dashboard, String panel)
      throws IOException, InterruptedException {
    JsonNode json = panel(dashboard, panel);
    List<Row> rows = new ArrayList<>();
    int queries = json.get("targets").size();
    for (int i = 0; i < queries; i++) {
      assertThat(json.at("/targets/" + i + "/resultFormat").asText()).isEqualTo("table");
      merge(rows, grafana.ask(KnownStore.query(dashboard, panel, i), macros));
    }
    assertThat(json.at("/transformations/0/id").asText()).isEqualTo("merge");
    for (int i = 1; i < json.get("transformations").size(); i++) {
      JsonNode options = json.at("/transformations/" + i + "/options");
      switch (json.at("/transformations/" + i + "/id").asText()) {
        case "filterByValue" -> filter(rows, options);
        case "calculateField" -> calculate(rows, options);
        default -> throw new AssertionError("unknown: " + json.at("/transformations/" + i));
      }
    }
    String field = json.at("/options/reduceOptions/fields").asText().replaceAll("[/^$]", "");
    assertThat(json.at("/options/reduceOptions/calcs/0").asText()).isEqualTo("lastNotNull");
    return rows.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(rows.getLast().value(field));
  }

  private static JsonNode panel(String dashboard, String title) {
    for (JsonNode one : DashboardsTest.dashboards()) {
      if (one.get("title").asText().equals("Joulestream / " + dashboard)) {
        for (JsonNode panel : one.get("panels")) {
          if (panel.get("title").asText().equals(title)) {
            return panel;
          }
        }
      }
    }
    throw new AssertionError("no panel " + title);
  }

  /** Rows are one where time and site are equal, which both queries have. */
  private static void merge(List<Row> rows, JsonNode answer) {
    for (JsonNode series : answer.path("series")) {
      for (JsonNode values : series.get("values")) {
        Row row = new Row(series.at("/tags/site").asText(), new LinkedHashMap<>());
        for (int column = 0; column < values.size(); column++) {
          if (!values.get(column).isNull()) {
            row.values()
                .put(series.get("columns").get(column).asText(), values.get(column).asDouble());
          }
        }
        rows.stream()
            .filter(other -> other.isOf(row))
            .findFirst()
            .ifPresentOrElse(other -> other.values().putAll(row.values()), () -> rows.add(row));
      }
    }
  }

  private static void filter(List<Row> rows, JsonNode options) {
    assertThat(options.get("type").asText() + options.get("match").asText())
        .isEqualTo("includeall");
    for (JsonNode filter : options.get("filters")) {
      String field = filter.get("fieldName").asText();
      boolean wanted = filter.at("/config/id").asText().equals("isNotNull");
      assertThat(filter.at("/config/id").asText()).isIn("isNull", "isNotNull");
      rows.removeIf(row -> row.values().containsKey(field) != wanted);
    }
  }

  private static void calculate(List<Row> rows, JsonNode options) {
    String name = options.get("alias").asText();
    double total = 0;
    for (Row row : rows) {
      if (options.get("mode").asText().equals("binary")) {
        assertThat(options.at("/binary/operator").asText()).isEqualTo("*");
        row.values()
            .put(
                name,
                row.value(options.at("/binary/left").asText())
                    * row.value(options.at("/binary/right").asText()));
      } else {
        assertThat(options.get("mode").asText()).isEqualTo("cumulativeFunctions");
        assertThat(options.at("/cumulative/reducer").asText()).isEqualTo("sum");
        total += row.value(options.at("/cumulative/field").asText());
        row.values().put(name, total);
      }
    }
  }
}
