// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.joulestream.schemas.catalogue.Buckets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The data sources as they are provisioned, and which of them Grafana asks. */
final class ProvisionedSources {
  static final String FILE = "datasources/joulestream.yaml";

  private final List<JsonNode> sources = new ArrayList<>();

  /**
   * @param module the folder of the module dashboards
   */
  ProvisionedSources(Path module) throws IOException {
    new YAMLMapper()
        .readTree(module.resolve("provisioning").resolve(FILE).toFile())
        .get("datasources")
        .forEach(sources::add);
  }

  List<JsonNode> all() {
    return List.copyOf(sources);
  }

  /**
   * The uid that Grafana puts in for what a query says: that of the data source whose name fits the
   * pattern of the dashboard's variable, as soon as the chosen window is put into it.
   *
   * @param pattern empty where there is no such variable
   */
  String uid(String said, String pattern, Macros macros) {
    if (!said.startsWith("$")) {
      return said;
    }
    assertThat(said).isEqualTo("${" + DataSource.VARIABLE + "}");
    assertThat(pattern).startsWith("/").endsWith("/");
    Pattern name = Pattern.compile(macros.putIn(pattern.substring(1, pattern.length() - 1)));
    List<JsonNode> fitting =
        sources.stream()
            .filter(source -> name.matcher(source.get("name").asText()).find())
            .toList();
    assertThat(fitting).as("data sources whose names fit " + name).hasSize(1);
    return fitting.getFirst().get("uid").asText();
  }

  /** The database of a data source, if the environment names the writer's buckets. */
  String database(String uid, Buckets buckets) {
    Map<String, String> environment =
        Map.of(
            "${JOULESTREAM_INFLUX_DEVICES_DATABASE}", buckets.days().name(),
            "${JOULESTREAM_INFLUX_DATABASE}", buckets.weeks().name(),
            "${JOULESTREAM_INFLUX_YEARS_DATABASE}", buckets.years().name());
    String said =
        sources.stream()
            .filter(source -> source.get("uid").asText().equals(uid))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no data source " + uid))
            .at("/jsonData/dbName")
            .asText();
    String database = environment.get(said);
    assertThat(database).as(said).isNotNull();
    return String.valueOf(database);
  }
}
