// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Every query of every panel, variable, annotation and alert rule. */
final class AllQueries {
  private AllQueries() {}

  /**
   * @param where for messages: the dashboard and what asks
   * @param format {@code time_series} or {@code table}; empty for a variable
   */
  record Asked(String where, String text, String format) {}

  static List<Asked> of(List<JsonNode> dashboards, List<AlertRule> rules) {
    List<Asked> all = new ArrayList<>();
    for (JsonNode dashboard : dashboards) {
      String title = dashboard.get("title").asText() + " / ";
      for (JsonNode panel : dashboard.get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          add(all, title + panel.get("title").asText(), target);
        }
      }
      for (JsonNode variable : dashboard.at("/templating/list")) {
        if (variable.get("type").asText().equals("query")) {
          all.add(
              new Asked(
                  title + "variable " + variable.get("name").asText(),
                  variable.get("query").asText(),
                  ""));
        }
      }
      for (JsonNode annotation : dashboard.at("/annotations/list")) {
        add(
            all,
            title + "annotation " + annotation.get("name").asText(),
            annotation.path("target"));
      }
    }
    for (AlertRule rule : rules) {
      add(all, "rule " + rule.title(), rule.yaml().at("/data/0/model"));
    }
    return all;
  }

  private static void add(List<Asked> all, String where, JsonNode target) {
    if (target.has("query")) {
      all.add(new Asked(where, target.get("query").asText(), target.get("resultFormat").asText()));
    }
  }
}
