// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks an InfluxDB as Grafana's data sources do, each its own database. */
public final class Grafana implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final InfluxAddress influx;
  private final Buckets buckets;
  private final ProvisionedSources sources;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param module the folder of the module dashboards
   */
  public Grafana(InfluxAddress influx, Buckets buckets, Path module) throws IOException {
    this.influx = influx;
    this.buckets = buckets;
    sources = new ProvisionedSources(module);
  }

  /** Fails unless there is an answer, of the expected columns, each with a value somewhere. */
  public void check(AllQueries.Asked query, Macros macros, String... columnsThatMayBeEmpty)
      throws IOException, InterruptedException {
    JsonNode series = ask(query, macros).path("series");
    assertThat(series).as(query.toString()).isNotEmpty();
    List<String> columns = new ArrayList<>();
    series.get(0).get("columns").forEach(column -> columns.add(column.asText()));
    assertThat(columns).isEqualTo(query.columns());
    for (int column = 0; column < columns.size(); column++) {
      boolean told = List.of(columnsThatMayBeEmpty).contains(columns.get(column));
      for (JsonNode each : series) {
        for (JsonNode row : each.get("values")) {
          told |= !row.get(column).isNull();
        }
      }
      assertThat(told).as("a value of %s of %s", columns.get(column), query).isTrue();
    }
  }

  /**
   * The figure that a panel shows: the last value.
   *
   * @param where of what asks: the dashboard and the panel, without the product's name
   * @param column 1 for the first after the time
   */
  public double shown(String where, int column, Macros macros)
      throws IOException, InterruptedException {
    double last = Double.NaN;
    for (JsonNode row : ask(query(where), macros).at("/series/0/values")) {
      if (!row.get(column).isNull()) {
        last = row.get(column).asDouble();
      }
    }
    return last;
  }

  /** The first query of a panel. */
  public static AllQueries.Asked query(String where) {
    return AllQueries.ofDashboards().stream()
        .filter(query -> query.where().equals("Joulestream / " + where))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is asked by " + where));
  }

  /** The only result. */
  public JsonNode ask(AllQueries.Asked query, Macros macros)
      throws IOException, InterruptedException {
    String uid = sources.uid(query.dataSource(), query.patternOfStore(), macros);
    String influxQl = macros.expand(query.text());
    String form =
        "db=%s&epoch=ms&q=%s"
            .formatted(
                URLEncoder.encode(sources.database(uid, buckets), UTF_8),
                URLEncoder.encode(influxQl, UTF_8));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(influx.url().resolve("/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Token " + influx.token())
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode answer = JSON.readTree(response.body());
    if (response.statusCode() != 200 || answer.at("/results/0").has("error")) {
      throw new IllegalStateException(response.body() + " to " + influxQl);
    }
    return answer.at("/results/0");
  }

  @Override
  public void close() {
    http.close();
  }
}
