// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.store.Buckets;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks an InfluxDB as Grafana's data sources do, each its own database. */
final class Grafana implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final InfluxAddress influx;
  private final Buckets buckets;
  private final ProvisionedSources sources = new ProvisionedSources();
  private final HttpClient http = HttpClient.newHttpClient();

  Grafana(InfluxAddress influx, Buckets buckets) throws IOException {
    this.influx = influx;
    this.buckets = buckets;
  }

  /** The only result. */
  JsonNode ask(AllQueries.Asked query, Macros macros) throws IOException, InterruptedException {
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
