// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stores answer to a query, as rows of texts by column, the same for all: tags are columns,
 * the time is {@code time} in UTC, and what is absent is empty.
 */
public final class Answers implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  /** Rows that a QuestDB answers with. */
  public List<Map<String, String>> sql(URI store, String query) throws IOException {
    JsonNode answer = ask(store.resolve("/exec?query=" + URLEncoder.encode(query, UTF_8)), query);
    List<String> columns = new ArrayList<>();
    for (JsonNode column : answer.path("columns")) {
      String name = column.get("name").asText();
      columns.add(name.equals("timestamp") ? "time" : name);
    }
    return rows(Map.of(), columns, answer.path("dataset"));
  }

  /** Rows that an InfluxDB answers with, of all statements. */
  public List<Map<String, String>> influxQl(URI store, String database, String query)
      throws IOException {
    String parameters =
        "/query?db=%s&q=%s"
            .formatted(URLEncoder.encode(database, UTF_8), URLEncoder.encode(query, UTF_8));
    List<Map<String, String>> rows = new ArrayList<>();
    for (JsonNode result : ask(store.resolve(parameters), query).get("results")) {
      if (result.has("error")) {
        throw new IOException(result + " to " + query);
      }
      for (JsonNode series : result.path("series")) {
        Map<String, String> tags = new LinkedHashMap<>();
        series
            .path("tags")
            .properties()
            .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
        List<String> columns = new ArrayList<>();
        series.get("columns").forEach(column -> columns.add(column.asText()));
        rows.addAll(rows(tags, columns, series.get("values")));
      }
    }
    return rows;
  }

  private static List<Map<String, String>> rows(
      Map<String, String> tags, List<String> columns, JsonNode values) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (JsonNode value : values.isMissingNode() ? MissingNode.getInstance() : values) {
      Map<String, String> row = new LinkedHashMap<>(tags);
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i), text(columns.get(i), value.get(i)));
      }
      rows.add(row);
    }
    return rows;
  }

  private static String text(String column, JsonNode value) {
    if (value.isNull()) {
      return "";
    }
    if (column.equals("time")) {
      return OffsetDateTime.parse(value.asText()).toInstant().toString();
    }
    return value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0
        ? value.decimalValue().toBigInteger().toString()
        : value.asText();
  }

  private JsonNode ask(URI request, String query) throws IOException {
    try {
      HttpResponse<String> response =
          http.send(HttpRequest.newBuilder(request).build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(response.body() + " to " + query);
      }
      return JSON.readTree(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
