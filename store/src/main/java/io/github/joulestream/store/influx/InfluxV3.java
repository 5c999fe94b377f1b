// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * InfluxDB 3 (Core, Enterprise): {@code /api/v3/write_lp}, which names the lines that it refuses,
 * and InfluxQL by {@code /query}. A bucket is a database.
 */
public final class InfluxV3 extends InfluxServer {
  private static final ObjectMapper JSON = new ObjectMapper();

  public InfluxV3(InfluxAddress address) {
    super(address, address.token("Bearer"));
  }

  @Override
  public String bucketWord() {
    return "database";
  }

  @Override
  public Found find(String bucket) throws IOException {
    InfluxAnswer answer =
        InfluxApi.checked(http.get("/api/v3/configure/database", Map.of("format", "json")));
    for (JsonNode value : answer.json().findValues("iox::database")) {
      if (value.asText().equals(bucket)) {
        return new Found(true, null); // it does not report the retention
      }
    }
    return Found.NOTHING;
  }

  @Override
  public void create(Bucket bucket) throws IOException {
    ObjectNode request = JSON.createObjectNode().put("db", bucket.name());
    if (bucket.retention().isPositive()) {
      // it takes whole hours
      request.put("retention_period", Math.max(1, bucket.retention().toHours()) + "h");
    }
    InfluxAnswer answer =
        http.post("/api/v3/configure/database", Map.of(), "application/json", request.toString());
    if (answer.status() != 409) {
      InfluxApi.checked(answer);
    }
  }

  @Override
  public InfluxAnswer write(String bucket, String lines) throws IOException {
    return http.post(
        "/api/v3/write_lp",
        Map.of("db", bucket, "precision", "nanosecond", "accept_partial", "true"),
        "text/plain; charset=utf-8",
        lines);
  }

  /** It lists up to 100 of them; the others show when the rest is written again. */
  @Override
  public Map<Integer, String> refusedLines(InfluxAnswer answer, int lines) {
    Map<Integer, String> refused = new HashMap<>();
    for (JsonNode line : answer.json().path("data")) {
      int number = line.path("line_number").asInt();
      // a text with a line break would shift the numbers: then rather none than a wrong one
      if (number < 1 || number > lines || line.path("original_line").asText().contains("\n")) {
        return Map.of();
      }
      refused.put(number - 1, line.path("error_message").asText());
    }
    return refused;
  }
}
