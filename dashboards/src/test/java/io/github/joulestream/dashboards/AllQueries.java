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
   * @param dataSource the uid of the data source that is asked, or a variable
   * @param patternOfStore what the name of the data source in {@code ${store}} looks like; empty
   *     where there is no such variable
   * @param format {@code time_series} or {@code table}; empty for a variable
   */
  record Asked(String where, String dataSource, String patternOfStore, String text, String format) {
    @Override
    public String toString() {
      return where + ": " + text;
    }
  }

  static List<Asked> of(List<JsonNode> dashboards, List<AlertRule> rules) {
    List<Asked> all = new ArrayList<>();
    for (JsonNode dashboard : dashboards) {
      String title = dashboard.get("title").asText() + " / ";
      String pattern = patternOfStore(dashboard);
      for (JsonNode panel : dashboard.get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          add(all, title + panel.get("title").asText(), dataSource(target), pattern, target);
        }
      }
      for (JsonNode variable : dashboard.at("/templating/list")) {
        if (variable.get("type").asText().equals("query")) {
          all.add(
              new Asked(
                  title + "variable " + variable.get("name").asText(),
                  dataSource(variable),
                  pattern,
                  variable.get("query").asText(),
                  ""));
        }
      }
      for (JsonNode annotation : dashboard.at("/annotations/list")) {
        add(
            all,
            title + "annotation " + annotation.get("name").asText(),
            dataSource(annotation),
            pattern,
            annotation.path("target"));
      }
    }
    for (AlertRule rule : rules) {
      all.add(of(rule));
    }
    return all;
  }

  static Asked of(AlertRule rule) {
    JsonNode step = rule.yaml().at("/data/0");
    return new Asked(
        "rule " + rule.title(),
        step.get("datasourceUid").asText(),
        "",
        step.at("/model/query").asText(),
        step.at("/model/resultFormat").asText());
  }

  private static void add(
      List<Asked> all, String where, String dataSource, String pattern, JsonNode target) {
    if (target.has("query")) {
      all.add(
          new Asked(
              where,
              dataSource,
              pattern,
              target.get("query").asText(),
              target.get("resultFormat").asText()));
    }
  }

  private static String dataSource(JsonNode asking) {
    return asking.at("/datasource/uid").asText();
  }

  private static String patternOfStore(JsonNode dashboard) {
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.get("type").asText().equals("datasource")) {
        return variable.get("regex").asText();
      }
    }
    return "";
  }
}
