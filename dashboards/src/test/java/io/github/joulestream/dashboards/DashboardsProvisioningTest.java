// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The provisioning files have the keys that Grafana's parser knows, and fit each other. */
@SuppressWarnings("EnumOrdinal") // the order of the file is part of the comparison
class DashboardsProvisioningTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  private static JsonNode read(String file) throws IOException {
    JsonNode tree = YAML.readTree(Path.of("provisioning", file).toFile());
    assertThat(tree.get("apiVersion").asInt()).isEqualTo(1);
    return tree;
  }

  /** Grafana ignores a key that it does not know: a typing error would go unseen. */
  private static void onlyKeys(JsonNode object, String... known) {
    assertThat(keys(object)).isSubsetOf(known);
  }

  private static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void dataSources_areOneForEachBucket_andTakeTheirDatabaseFromTheEnvironment() throws IOException {
    JsonNode file = read(ProvisionedSources.FILE);
    onlyKeys(file, "apiVersion", "datasources", "deleteDatasources", "prune");
    assertThat(file.get("datasources")).hasSize(Retention.values().length);
    ProvisionedSources sources = new ProvisionedSources(Path.of("."));
    Buckets buckets = Buckets.named("any");
    for (String window : List.of("10s", "1h")) {
      Retention retention = Source.SITE_WINDOW.retention(window);
      JsonNode source = file.get("datasources").get(retention.ordinal());
      assertThat(source.get("uid").asText()).isEqualTo(DataSource.of(retention).uid());
      assertThat(source.get("name").asText()).isEqualTo(DataSource.name(window));
      assertThat(source.at("/jsonData/timeInterval").asText()).isEqualTo(window);
      assertThat(sources.database(source.get("uid").asText(), buckets))
          .isEqualTo(buckets.of(retention).name());
      dataSource(source);
    }
    JsonNode devices = file.get("datasources").get(Retention.DAYS.ordinal());
    assertThat(devices.get("uid").asText()).isEqualTo(DataSource.of(Retention.DAYS).uid());
    // "Windows" must not choose it
    assertThat(devices.get("name").asText()).isEqualTo("Joulestream devices");
    assertThat(sources.database(devices.get("uid").asText(), buckets))
        .isEqualTo(buckets.days().name());
    dataSource(devices);
  }

  private static void dataSource(JsonNode source) {
    onlyKeys(
        source,
        "name",
        "uid",
        "type",
        "access",
        "orgId",
        "url",
        "isDefault",
        "editable",
        "jsonData",
        "secureJsonData");
    assertThat(source.get("type").asText()).isEqualTo("influxdb");
    assertThat(source.get("access").asText()).isEqualTo("proxy");
    assertThat(source.get("url").asText()).isEqualTo("${JOULESTREAM_INFLUX_URL}");
    assertThat(source.at("/jsonData/version").asText()).isEqualTo("InfluxQL");
    assertThat(source.at("/jsonData/httpHeaderName1").asText()).isEqualTo("Authorization");
    assertThat(source.at("/secureJsonData/httpHeaderValue1").asText())
        .isEqualTo("Token ${JOULESTREAM_INFLUX_TOKEN}");
  }

  @Test
  void provider_putsTheDashboardsIntoTheFolderOfTheRules() throws IOException {
    JsonNode file = read("dashboards/joulestream.yaml");
    onlyKeys(file, "apiVersion", "providers");
    JsonNode provider = file.at("/providers/0");
    onlyKeys(
        provider,
        "name",
        "orgId",
        "type",
        "folder",
        "folderUid",
        "disableDeletion",
        "allowUiUpdates",
        "updateIntervalSeconds",
        "options");
    assertThat(provider.get("type").asText()).isEqualTo("file");
    onlyKeys(provider.get("options"), "path", "foldersFromFilesStructure");
    assertThat(provider.get("folder"))
        .isEqualTo(read("alerting/rules.yaml").at("/groups/0/folder"));
  }

  @Test
  void contactPoint_isTheOneTheRulesSendTo() throws IOException {
    JsonNode file = read("alerting/contact-points.yaml");
    onlyKeys(file, "apiVersion", "contactPoints");
    JsonNode point = file.at("/contactPoints/0");
    onlyKeys(point, "orgId", "name", "receivers");
    assertThat(point.get("name").asText()).isEqualTo(AlertRule.CONTACT_POINT);
    JsonNode receiver = point.at("/receivers/0");
    onlyKeys(receiver, "uid", "type", "disableResolveMessage", "settings");
    assertThat(receiver.get("type").asText()).isEqualTo("webhook");
    assertThat(receiver.at("/settings/url").asText()).isEqualTo("${JOULESTREAM_ALERT_WEBHOOK}");
  }

  @Test
  void rules_haveWhatGrafanaAsksFor() throws IOException {
    JsonNode file = read("alerting/rules.yaml");
    onlyKeys(file, "apiVersion", "groups");
    JsonNode group = file.at("/groups/0");
    onlyKeys(group, "orgId", "name", "folder", "interval", "rules");
    assertThat(group.get("interval").asText()).matches("[1-9][0-9]*[sm]");
    assertThat(group.get("rules")).hasSize(AlertRules.describe().size());
    assertThat(group.get("rules")).extracting(r -> r.get("uid")).doesNotHaveDuplicates();
    assertThat(group.get("rules")).extracting(r -> r.get("title")).doesNotHaveDuplicates();
    for (JsonNode rule : group.get("rules")) {
      onlyKeys(
          rule,
          "uid",
          "title",
          "condition",
          "data",
          "for",
          "noDataState",
          "execErrState",
          "dashboardUid",
          "panelId",
          "labels",
          "annotations",
          "notification_settings",
          "isPaused");
      assertThat(rule.get("uid").asText()).matches("[a-z0-9-]{1,40}");
      assertThat(rule.get("for").asText()).matches("[0-9]+[smh]");
      assertThat(rule.get("noDataState").asText()).isIn("OK", "NoData", "Alerting", "KeepLast");
      assertThat(rule.get("execErrState").asText()).isIn("OK", "Error", "Alerting", "KeepLast");
      assertThat(keys(rule.get("annotations"))).containsExactly("summary", "description");
      steps(rule);
      panelExists(rule);
    }
  }

  private static void steps(JsonNode rule) {
    List<String> before = new ArrayList<>();
    for (JsonNode step : rule.get("data")) {
      onlyKeys(step, "refId", "queryType", "relativeTimeRange", "datasourceUid", "model");
      String refId = step.get("refId").asText();
      assertThat(step.at("/model/refId").asText()).isEqualTo(refId);
      assertThat(step.get("datasourceUid").asText())
          .isIn(
              DataSource.of(Retention.DAYS).uid(),
              DataSource.of(Retention.WEEKS).uid(),
              DataSource.of(Retention.YEARS).uid(),
              "__expr__");
      if (step.at("/model").has("expression")) {
        String expression = step.at("/model/expression").asText();
        if (step.at("/model/type").asText().equals("math")) {
          Matcher names = Pattern.compile("\\$(\\w+)").matcher(expression);
          assertThat(names.results().map(found -> found.group(1))).isNotEmpty().isSubsetOf(before);
        } else {
          assertThat(before).contains(expression);
          assertThat(step.at("/model/type").asText()).isIn("reduce", "threshold");
        }
      } else {
        assertThat(step.at("/relativeTimeRange/from").asInt())
            .isGreaterThan(step.at("/relativeTimeRange/to").asInt());
      }
      before.add(refId);
    }
    assertThat(before).contains(rule.get("condition").asText());
    JsonNode evaluator = rule.get("data").findValue("evaluator");
    assertThat(evaluator.get("type").asText()).isIn("gt", "lt");
    assertThat(evaluator.get("params")).hasSize(1);
    // Grafana replaces what begins with a dollar sign, except in queries
    Set.of("title", "labels", "annotations")
        .forEach(key -> assertThat(rule.get(key).toString()).doesNotContain("$"));
  }

  private static void panelExists(JsonNode rule) {
    assertThat(DashboardsTest.dashboards())
        .filteredOn(d -> d.get("uid").equals(rule.get("dashboardUid")))
        .singleElement()
        .satisfies(dashboard ->
            assertThat(DashboardsTest.panels(dashboard))
                .anyMatch(panel -> panel.get("id").equals(rule.get("panelId"))));
  }
}
