// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * InfluxDB 1.x: {@code /write}, which also servers before 1.8 have, and InfluxQL for the rest. A
 * bucket is a database, its retention the default retention policy.
 */
public final class InfluxV1 extends InfluxServer {
  private static final Pattern GO_DURATION = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)");

  public InfluxV1(InfluxAddress address) {
    super(address, address.basic());
  }

  @Override
  public String bucketWord() {
    return "database";
  }

  @Override
  public Found find(String bucket) throws IOException {
    List<InfluxQl.Row> policies = new ArrayList<>();
    try {
      influxQl.query(bucket, "SHOW RETENTION POLICIES ON " + quoted(bucket), policies::add);
    } catch (InfluxQl.QueryRefused e) {
      if (e.getMessage() != null && e.getMessage().contains("database not found")) {
        return Found.NOTHING;
      }
      throw e;
    }
    for (InfluxQl.Row policy : policies) {
      if (policy.text("default").equals("true")) {
        return new Found(true, goDuration(policy.text("duration")));
      }
    }
    return new Found(true, null);
  }

  /** As {@code 840h0m0s}; {@code 0s} is for ever. */
  static Duration goDuration(String text) {
    Matcher matcher = GO_DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration: " + text);
    }
    long seconds = 0;
    for (int group = 1; group <= 3; group++) {
      String number = matcher.group(group);
      seconds = seconds * 60 + (number == null ? 0 : Long.parseLong(number));
    }
    return Duration.ofSeconds(seconds);
  }

  @Override
  public void create(Bucket bucket) throws IOException {
    Duration retention = bucket.retention();
    String statement =
        "CREATE DATABASE %s WITH DURATION %s REPLICATION 1%s NAME \"autogen\""
            .formatted(
                quoted(bucket.name()),
                retention.isZero() ? "INF" : retention.toSeconds() + "s",
                retention.isZero() || retention.compareTo(LONG) >= 0
                    ? " SHARD DURATION %ds".formatted(LONG_SHARD.toSeconds())
                    : "");
    InfluxAnswer answer =
        InfluxApi.checked(
            http.post("/query", Map.of("q", statement), "application/x-www-form-urlencoded", ""));
    String error = answer.json().at("/results/0/error").asText("");
    if (!error.isEmpty()) {
      throw new IOException("answers '%s' to %s".formatted(error, statement));
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public InfluxAnswer write(String bucket, String lines) throws IOException {
    return http.post(
        "/write", Map.of("db", bucket, "precision", "ns"), "text/plain; charset=utf-8", lines);
  }

  @Override
  public Map<Integer, String> refusedLines(InfluxAnswer answer, int lines) {
    return answer.refused() ? InfluxApi.allDropped(answer, lines) : Map.of();
  }
}
