// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.joulestream.schemas.catalogue.Buckets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be said of the dashboards without a store and without Grafana. */
class DashboardsTest {
  private static final Path MODULE = Path.of(".");
  private static final String REGENERATE =
      "./mvnw test -pl dashboards -am -Dtest=DashboardsTest -Ddashboards.write=true";
  private static final String MIXED = "-- Mixed --";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");

  /** What Grafana or its InfluxDB source put in by themselves. */
  private static final Set<String> BUILT_IN =
      Set.of(
          "timeFilter",
          "__interval",
          "__from",
          "__to",
          "__data",
          "__url_time_range",
          "col",
          "tag_pool",
          "tag_site",
          "tag_node",
          "tag_device",
          "tag_project",
          "tag_component",
          "tag_topic");

  static List<JsonNode> dashboards() {
    return GenerateDashboards.all().stream().<JsonNode>map(Dashboard::json).toList();
  }

  @Test
  void whatIsCheckedIn_isWhatIsGenerated() throws IOException {
    if (Boolean.getBoolean("dashboards.write")) {
      GenerateDashboards.main(new String[] {"."});
    }
    for (Map.Entry<String, String> file : GenerateDashboards.files().entrySet()) {
      Path path = Path.of(file.getKey());
      assertThat(path).as("missing; write it with: " + REGENERATE).exists();
      assertThat(Files.readString(path))
          .as("%s is not what the code describes; write it anew with: %s", path, REGENERATE)
          .isEqualTo(file.getValue());
    }
    try (Stream<Path> files = Files.list(Path.of("grafana"))) {
      assertThat(files.map(Path::toString))
          .as("files that nothing generates any more")
          .isSubsetOf(GenerateDashboards.files().keySet());
    }
  }

  @Test
  void uidsAndTitles_areUnique() {
    assertThat(dashboards()).extracting(d -> d.get("uid").asText()).doesNotHaveDuplicates();
    assertThat(dashboards()).extracting(d -> d.get("title").asText()).doesNotHaveDuplicates();
    assertThat(dashboards())
        .allSatisfy(d -> assertThat(d.get("uid").asText()).matches("[a-z0-9-]{1,40}"));
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panels_haveIdsTitlesDescriptionsAndUnits(JsonNode dashboard) {
    assertThat(dashboard.get("panels")).extracting(p -> p.get("id")).doesNotHaveDuplicates();
    assertThat(panels(dashboard)).extracting(p -> p.get("title")).doesNotHaveDuplicates();
    for (JsonNode panel : panels(dashboard)) {
      String title = panel.get("title").asText();
      assertThat(panel.get("description").asText()).as(title).endsWith(".").hasSizeGreaterThan(20);
      if (!panel.get("type").asText().equals("alertlist")) {
        JsonNode defaults = panel.at("/fieldConfig/defaults");
        assertThat(defaults.path("unit").asText()).as("unit of " + title).isNotEmpty();
        assertThat(defaults.path("noValue").asText()).as("no data of " + title).isNotEmpty();
        assertThat(panel.get("targets")).as("queries of " + title).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panels_standOnTheGridWithoutOverlap(JsonNode dashboard) {
    Set<List<Integer>> taken = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      JsonNode grid = panel.get("gridPos");
      int right = grid.get("x").asInt() + grid.get("w").asInt();
      assertThat(right).as(panel.get("title").asText()).isBetween(1, 24);
      for (int x = grid.get("x").asInt(); x < right; x++) {
        for (int y = 0; y < grid.get("h").asInt(); y++) {
          assertThat(taken.add(List.of(x, grid.get("y").asInt() + y)))
              .as("%s overlaps at column %d", panel.get("title"), x)
              .isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void dataSources_exist(JsonNode dashboard) throws IOException {
    List<String> known =
        new ArrayList<>(
            List.of("grafana -- Grafana --", "datasource -- Dashboard --", "datasource " + MIXED));
    new ProvisionedSources(MODULE)
        .all()
        .forEach(source -> known.add("influxdb " + source.get("uid").asText()));
    if (variables(dashboard).contains(DataSource.VARIABLE)) {
      known.add("influxdb ${" + DataSource.VARIABLE + "}");
    }
    assertThat(dashboard.findValues("datasource"))
        .isNotEmpty()
        .allSatisfy(source ->
            assertThat(source.get("type").asText() + " " + source.get("uid").asText()).isIn(known));
    for (JsonNode panel : panels(dashboard)) {
      for (JsonNode target : panel.path("targets")) {
        if (panel.at("/datasource/uid").asText().equals(MIXED)) {
          assertThat(target.at("/datasource/type").asText()).isEqualTo("influxdb");
        } else {
          assertThat(target.get("datasource"))
              .as("a panel asks one data source: " + panel.get("title"))
              .isEqualTo(panel.get("datasource"));
        }
        if (target.has("panelId")) {
          assertThat(panels(dashboard))
              .as("the panel whose rows %s uses", panel.get("title"))
              .anyMatch(other ->
                  other.get("id").equals(target.get("panelId"))
                      && other.at("/targets/0").has("query"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void links_leadToDashboardsThatExist_andKeepTheRange(JsonNode dashboard) {
    Set<String> uids = new HashSet<>();
    dashboards().forEach(d -> uids.add(d.get("uid").asText()));
    JsonNode all = dashboard.at("/links/0");
    assertThat(all.get("keepTime").asBoolean() && all.get("includeVars").asBoolean()).isTrue();
    for (JsonNode other : dashboards()) {
      assertThat(other.get("tags")).contains(all.at("/tags/0"));
    }
    for (String url : urls(dashboard)) {
      Matcher target = Pattern.compile("/d/([a-z0-9-]+)\\?(.*)").matcher(url);
      assertThat(target.matches()).as(url).isTrue();
      assertThat(uids).contains(target.group(1));
      assertThat(target.group(2)).contains("${__url_time_range}");
      Set<String> known = variables(byUid(target.group(1)));
      for (String parameter : target.group(2).split("&")) {
        Matcher name =
            Pattern.compile("var-([a-z_]+)=.*|\\$\\{([a-z]+):queryparam}").matcher(parameter);
        if (name.matches()) {
          assertThat(known)
              .as("variables of the target of " + url)
              .contains(name.group(1) == null ? name.group(2) : name.group(1));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void variables_areThereIfUsed_andUsedIfThere(JsonNode dashboard) {
    Set<String> used = new LinkedHashSet<>();
    JsonNode copy = dashboard.deepCopy();
    Set<String> passedOn = new HashSet<>();
    urls(copy).forEach(url -> find(VARIABLE, url, passedOn));
    // handing on is no use
    for (JsonNode properties : copy.findValues("properties")) {
      ((ArrayNode) properties).removeAll();
    }
    find(VARIABLE, copy.toString().replace("$__all", ""), used);
    used.removeAll(BUILT_IN);
    passedOn.removeAll(BUILT_IN);
    assertThat(variables(dashboard)).containsAll(used).containsAll(passedOn);
    assertThat(used)
        .as("variables that do nothing are not shown")
        .containsAll(variables(dashboard));
  }

  @Test
  void queries_nameOnlyWhatIsInTheCatalogue() {
    assertThat(AllQueries.all())
        .hasSizeGreaterThan(90)
        .allSatisfy(query -> Catalogue.check(query.text()));
  }

  /** From their text alone: the measurement, and the window that is asked for. */
  @Test
  void queries_goWhereTheWriterPutsTheirPoints() throws IOException {
    ProvisionedSources sources = new ProvisionedSources(MODULE);
    for (AllQueries.Asked query : AllQueries.all()) {
      for (String window : List.of("10s|10000", "1h|3600000")) {
        Macros macros = new Macros(0, 0, "", Map.of("window", List.of(window)));
        String uid = sources.uid(query.dataSource(), query.patternOfStore(), macros);
        assertThat(sources.database(uid, Buckets.named("named")))
            .as("%s with windows of %s", query, window)
            .isEqualTo(Buckets.named("named").of(Catalogue.retention(query.text(), macros)).name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void store_isAtFirstWhatTheWindowsShownFirstAreIn(JsonNode dashboard) throws IOException {
    Set<String> variables = variables(dashboard);
    assertThat(variables.contains("window")).isEqualTo(variables.contains(DataSource.VARIABLE));
    if (variables.contains("window")) {
      JsonNode window = variable(dashboard, "window").get("current");
      JsonNode store = variable(dashboard, DataSource.VARIABLE);
      Macros macros =
          new Macros(0, 0, "", Map.of("window", List.of(window.get("text").asText() + "|")));
      assertThat(store.at("/current/value").asText())
          .isEqualTo(
              new ProvisionedSources(MODULE)
                  .uid("${" + DataSource.VARIABLE + "}", store.get("regex").asText(), macros));
      assertThat(new ProvisionedSources(MODULE).all())
          .anyMatch(source ->
              source.get("name").equals(store.at("/current/text"))
                  && source.get("uid").equals(store.at("/current/value")));
      // a link from elsewhere may bring other windows, and must not bring another store
      assertThat(store.get("skipUrlSync").asBoolean()).isTrue();
    }
  }

  private static JsonNode variable(JsonNode dashboard, String name) {
    for (JsonNode variable : dashboard.at("/templating/list")) {
      if (variable.get("name").asText().equals(name)) {
        return variable;
      }
    }
    throw new AssertionError("no variable " + name);
  }

  @Test
  void queries_areBounded() {
    for (AllQueries.Asked query : AllQueries.all()) {
      if (!query.text().startsWith("SHOW")) {
        assertThat(query.text())
            .as(query.where())
            // there are a few budgets, and an old one still holds
            .containsPattern(
                Pattern.compile(
                    "\\$timeFilter|time >=? \\$\\{__(from|to)}ms|FROM \"budget\" WHERE"));
      }
      // who groups by jobs or nodes, in data that is kept for weeks, takes the first few of them
      if (query.text().matches(".*GROUP BY \"site\", \"(job|node)\".*")) {
        assertThat(query.text()).as(query.where()).startsWith("SELECT top(");
      }
      // nor are all windows of all of them read, which are millions at a large site
      if (query.text().matches(".*GROUP BY time\\([^)]*\\), \"site\", \"(job|node)\".*")) {
        assertThat(query.text()).as(query.where()).contains("time > ${__to}ms - 10m");
      }
      // all nodes of a site: of minutes, or one point of each; else the nodes of one job
      if (query.text().matches(".*FROM \"node_window\".*GROUP BY [^)]*\"node\".*")) {
        assertThat(query.text())
            .as(query.where())
            .containsPattern(
                "time > \\$\\{__to}ms - [0-9]+m|SELECT last\\(|\"node\" =~ /\\^\\$\\{placed_on:");
      }
      assertThat(query.text()).as(query.where()).doesNotContain("GROUP BY \"job\"");
    }
  }

  static Set<String> variables(JsonNode dashboard) {
    Set<String> names = new LinkedHashSet<>();
    dashboard.at("/templating/list").forEach(v -> names.add(v.get("name").asText()));
    return names;
  }

  private static JsonNode byUid(String uid) {
    return dashboards().stream()
        .filter(d -> d.get("uid").asText().equals(uid))
        .findFirst()
        .orElseThrow();
  }

  static List<JsonNode> panels(JsonNode dashboard) {
    List<JsonNode> panels = new ArrayList<>();
    for (JsonNode panel : dashboard.get("panels")) {
      if (!panel.get("type").asText().equals("row")) {
        panels.add(panel);
      }
    }
    return panels;
  }

  private static List<String> urls(JsonNode dashboard) {
    return dashboard.get("panels").findValuesAsText("url");
  }

  private static void find(Pattern pattern, String text, Set<String> found) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
  }
}
