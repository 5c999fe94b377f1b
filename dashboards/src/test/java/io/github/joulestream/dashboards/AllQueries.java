// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every query of every panel, variable, annotation and alert rule. */
public final class AllQueries {
  private static final Pattern TOP =
      Pattern.compile("^SELECT top\\(\"[^\"]*\", \"([^\"]*)\", \"([^\"]*)\"");

  private AllQueries() {}

  /**
   * @param where for messages: the dashboard and what asks
   * @param dataSource the uid of the data source that is asked, or a variable
   * @param patternOfStore what the name of the data source in {@code ${store}} looks like; empty
   *     where there is no such variable
   * @param format {@code time_series} or {@code table}; empty for a variable
   */
  public record Asked(
      String where, String dataSource, String patternOfStore, String text, String format) {
    @Override
    public String toString() {
      return where + ": " + text;
    }

    /** What the columns of an answer are called. */
    public List<String> columns() {
      if (text.startsWith("SHOW")) {
        return List.of("key", "value");
      }
      List<String> columns = new ArrayList<>(List.of("time"));
      int depth = 0;
      boolean named = false;
      StringBuilder column = new StringBuilder();
      for (char c : text.substring("SELECT ".length()).toCharArray()) {
        named ^= c == '"';
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        boolean over = depth == 0 && column.toString().endsWith(" FROM");
        if ((depth == 0 && !named && c == ',') || over) {
          columns.add(name(column.toString().replaceAll(" FROM$", "")));
          column.setLength(0);
          if (over) {
            break;
          }
        } else {
          column.append(c);
        }
      }
      Matcher top = TOP.matcher(text);
      if (top.find()) {
        columns.addAll(List.of(top.group(1), top.group(2)));
      }
      return columns;
    }

    private static String name(String column) {
      Matcher quoted = Pattern.compile("\"([^\"]*)\"$").matcher(column);
      return quoted.find() ? quoted.group(1) : column.strip().replaceAll("\\(.*", "");
    }
  }

  public static List<Asked> ofDashboards() {
    return of(DashboardsTest.dashboards(), List.of());
  }

  /** What alert rules ask, and how far each looks back. */
  public static Map<Asked, Duration> ofRules() {
    Map<Asked, Duration> rules = new LinkedHashMap<>();
    AlertRules.describe().forEach(rule -> rules.putAll(of(rule)));
    return rules;
  }

  public static List<Asked> all() {
    return of(DashboardsTest.dashboards(), AlertRules.describe());
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
    rules.forEach(rule -> all.addAll(of(rule).keySet()));
    return all;
  }

  /** What a rule asks, in the order of its steps, and how far that looks back. */
  static Map<Asked, Duration> of(AlertRule rule) {
    Map<Asked, Duration> asked = new LinkedHashMap<>();
    for (JsonNode step : rule.yaml().get("data")) {
      if (step.at("/model").has("query")) {
        asked.put(
            new Asked(
                "rule %s: %s".formatted(rule.title(), step.get("refId").asText()),
                step.get("datasourceUid").asText(),
                "",
                step.at("/model/query").asText(),
                step.at("/model/resultFormat").asText()),
            Duration.ofSeconds(
                step.at("/relativeTimeRange/from").asInt()
                    - step.at("/relativeTimeRange/to").asInt()));
      }
    }
    return asked;
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
