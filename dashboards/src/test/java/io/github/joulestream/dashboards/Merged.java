// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

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

  public Merged(Grafana grafana, Macros macros) {
    this.grafana = grafana;
    this.macros = macros;
  }

  /** The figure; empty where the panel has its text for no value. */
  public OptionalDouble shown(String dashboard, String panel)
      throws IOException, InterruptedException {
    JsonNode json = panel(dashboard, panel);
    List<Map<String, Object>> rows = new ArrayList<>();
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
    return rows.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) rows.getLast().get(field));
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
  private static void merge(List<Map<String, Object>> rows, JsonNode answer) {
    for (JsonNode series : answer.path("series")) {
      for (JsonNode values : series.get("values")) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("site", series.at("/tags/site").asText());
        for (int column = 0; column < values.size(); column++) {
          if (!values.get(column).isNull()) {
            row.put(series.get("columns").get(column).asText(), values.get(column).asDouble());
          }
        }
        rows.stream()
            .filter(other ->
                other.get("site").equals(row.get("site"))
                    && other.get("time").equals(row.get("time")))
            .findFirst()
            .ifPresentOrElse(other -> other.putAll(row), () -> rows.add(row));
      }
    }
  }

  private static void filter(List<Map<String, Object>> rows, JsonNode options) {
    assertThat(options.get("type").asText() + options.get("match").asText())
        .isEqualTo("includeall");
    for (JsonNode filter : options.get("filters")) {
      String field = filter.get("fieldName").asText();
      boolean wanted = filter.at("/config/id").asText().equals("isNotNull");
      assertThat(filter.at("/config/id").asText()).isIn("isNull", "isNotNull");
      rows.removeIf(row -> row.containsKey(field) != wanted);
    }
  }

  private static void calculate(List<Map<String, Object>> rows, JsonNode options) {
    String name = options.get("alias").asText();
    double total = 0;
    for (Map<String, Object> row : rows) {
      if (options.get("mode").asText().equals("binary")) {
        assertThat(options.at("/binary/operator").asText()).isEqualTo("*");
        row.put(
            name,
            (double) row.get(options.at("/binary/left").asText())
                * (double) row.get(options.at("/binary/right").asText()));
      } else {
        assertThat(options.get("mode").asText()).isEqualTo("cumulativeFunctions");
        assertThat(options.at("/cumulative/reducer").asText()).isEqualTo("sum");
        total += (double) row.get(options.at("/cumulative/field").asText());
        row.put(name, total);
      }
    }
  }
}
