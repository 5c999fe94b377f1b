// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;

/**
 * What a server reports of itself; empty where it reports nothing.
 *
 * @param status of its answer to {@code /ping}
 * @param version without a {@code v} before it
 * @param build such as {@code OSS}
 * @param server the program that answers, by the HTTP header of that name
 */
public record ServerInfo(int status, String version, String build, String server) {
  private static final int MAX_BODY = 64 << 10;

  public static ServerInfo ask(InfluxAddress address) throws IOException {
    // all that need a token for this take it in this form
    try (InfluxHttp http = new InfluxHttp(address.url(), address.token("Token"))) {
      HttpResponse<InputStream> ping = http.stream("/ping", Map.of());
      try (InputStream body = ping.body()) {
        body.readNBytes(MAX_BODY);
      }
      String version = header(ping, "X-Influxdb-Version");
      if (version.isEmpty() && ping.statusCode() / 100 == 2) {
        // 2.0 reports it only there
        version = version(http.get("/health", Map.of()));
      }
      return new ServerInfo(
          ping.statusCode(),
          version.replaceFirst("^v", ""),
          header(ping, "X-Influxdb-Build"),
          header(ping, "Server"));
    }
  }

  private static String version(InfluxAnswer health) {
    return health.json().path("version").asText("");
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
