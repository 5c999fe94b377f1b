// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.influxdb.LogLevel;
import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.exceptions.InfluxException;
import io.github.joulestream.runtime.RetryAfter;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * InfluxDB 2.x. Lines go through its Java client, as they do to other servers with {@code
 * /api/v2/write}; buckets, their mappings for InfluxQL and queries go through plain HTTP, for the
 * reasons in docs/decisions/0051-influxdb-client.md.
 */
public final class InfluxV2 extends InfluxServer {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final InfluxDBClient client;
  private final WriteApiBlocking write;
  private @Nullable String orgId;

  public InfluxV2(InfluxAddress address) {
    super(address, address.token("Token"));
    client =
        InfluxDBClientFactory.create(
            InfluxDBClientOptions.builder()
                .url(http.url().toString())
                .authenticateToken(address.token().toCharArray())
                .org(address.org())
                .precision(WritePrecision.NS)
                .logLevel(LogLevel.NONE)
                .okHttpClient(new OkHttpClient.Builder().readTimeout(TIMEOUT).writeTimeout(TIMEOUT))
                .build());
    write = client.getWriteApiBlocking();
  }

  @Override
  public String bucketWord() {
    return "bucket";
  }

  @Override
  public Found find(String bucket) throws IOException {
    JsonNode found = bucketOf(bucket);
    if (found == null) {
      return Found.NOTHING;
    }
    Duration retention = Duration.ZERO;
    for (JsonNode rule : found.path("retentionRules")) {
      retention = Duration.ofSeconds(rule.path("everySeconds").asLong());
    }
    return new Found(true, retention);
  }

  private @Nullable JsonNode bucketOf(String name) throws IOException {
    InfluxAnswer answer = http.get("/api/v2/buckets", Map.of("name", name, "orgID", orgId()));
    if (answer.status() == 404) {
      return null;
    }
    return first(InfluxApi.checked(answer).json().path("buckets"), "name", name);
  }

  private String orgId() throws IOException {
    String known = orgId;
    if (known != null) {
      return known;
    }
    InfluxAnswer answer = http.get("/api/v2/orgs", Map.of("org", address.org()));
    JsonNode org =
        answer.status() == 404
            ? null
            : first(InfluxApi.checked(answer).json().path("orgs"), "name", address.org());
    if (org == null) {
      // a token that may not read organisations gets the same answer as if there were none
      throw new Denied(
          new InfluxAnswer(
              404, "no organisation '%s' that the token may see".formatted(address.org()), 0));
    }
    known = org.path("id").asText();
    orgId = known;
    return known;
  }

  private static @Nullable JsonNode first(JsonNode list, String key, String value) {
    for (JsonNode node : list) {
      if (node.path(key).asText().equals(value)) {
        return node;
      }
    }
    return null;
  }

  @Override
  public void create(Bucket bucket) throws IOException {
    ObjectNode request = JSON.createObjectNode();
    request.put("orgID", orgId()).put("name", bucket.name());
    if (bucket.retention().isPositive()) {
      ObjectNode rule = request.putArray("retentionRules").addObject();
      rule.put("type", "expire").put("everySeconds", bucket.retention().toSeconds());
      if (bucket.retention().compareTo(LONG) >= 0) {
        rule.put("shardGroupDurationSeconds", LONG_SHARD.toSeconds());
      }
    }
    InfluxAnswer answer =
        http.post("/api/v2/buckets", Map.of(), "application/json", request.toString());
    if (answer.status() != 422 || !answer.message().contains("already exists")) {
      InfluxApi.checked(answer);
    }
  }

  /**
   * From 2.2 on a bucket without a mapping has a virtual one; before, InfluxQL needs a real one.
   */
  @Override
  public List<String> makeQueryable(Bucket bucket) throws IOException {
    try {
      JsonNode found = bucketOf(bucket.name());
      if (found == null) {
        return List.of("whether InfluxQL finds bucket %s cannot be seen".formatted(bucket.name()));
      }
      String id = found.path("id").asText();
      JsonNode mappings =
          InfluxApi.checked(
                  http.get("/api/v2/dbrps", Map.of("orgID", orgId(), "db", bucket.name())))
              .json()
              .path("content");
      for (JsonNode mapping : mappings) {
        if (mapping.path("default").asBoolean()) {
          return mapping.path("bucketID").asText().equals(id)
              ? List.of()
              : List.of(
                  "InfluxQL's database %s is another bucket: see 'influx v1 dbrp list'"
                      .formatted(bucket.name()));
        }
      }
      ObjectNode request = JSON.createObjectNode();
      request
          .put("orgID", orgId())
          .put("bucketID", id)
          .put("database", bucket.name())
          .put("retention_policy", "autogen")
          .put("default", true);
      InfluxApi.checked(
          http.post("/api/v2/dbrps", Map.of(), "application/json", request.toString()));
      return List.of();
    } catch (Denied e) {
      return List.of(
          "whether InfluxQL finds bucket %s cannot be seen (%s)"
              .formatted(bucket.name(), e.getMessage()));
    }
  }

  @Override
  public InfluxAnswer write(String bucket, String lines) throws IOException {
    if (lines.isEmpty()) {
      // the client would not send it
      return http.post(
          "/api/v2/write",
          Map.of("bucket", bucket, "org", address.org(), "precision", "ns"),
          "text/plain; charset=utf-8",
          "");
    }
    try {
      write.writeRecord(bucket, address.org(), WritePrecision.NS, lines);
      return new InfluxAnswer(204, "", 0);
    } catch (InfluxException e) {
      if (e.status() == 0) {
        throw new IOException(e.getMessage(), e);
      }
      return new InfluxAnswer(
          e.status(),
          String.valueOf(e.errorBody().getOrDefault("message", e.getMessage())),
          RetryAfter.millis(header(e, "retry-after"), header(e, "date")));
    }
  }

  private static @Nullable String header(InfluxException e, String name) {
    for (Map.Entry<String, String> header : e.headers().entrySet()) {
      if (header.getKey().toLowerCase(Locale.ROOT).equals(name)) {
        return header.getValue();
      }
    }
    return null;
  }

  @Override
  public Map<Integer, String> refusedLines(InfluxAnswer answer, int lines) {
    return answer.refused() ? InfluxApi.allDropped(answer, lines) : Map.of();
  }

  @Override
  public void close() {
    client.close();
    super.close();
  }
}
