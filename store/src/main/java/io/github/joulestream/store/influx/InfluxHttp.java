// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.StreamedBody;
import io.github.joulestream.store.history.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Requests to one InfluxDB. */
final class InfluxHttp implements AutoCloseable {
  private static final Duration QUERY_LIMIT = Duration.ofMinutes(2);

  private final HttpEndpoint endpoint;

  /**
   * @param authorization header, as the version wants it; empty for none
   */
  InfluxHttp(URI url, Optional<String> authorization) {
    // of 5,000 points a server may name what is wrong with each; that is within the default 16 MiB
    endpoint = new HttpEndpoint(url, HttpEndpoint.Limits.DEFAULT, authorization.orElse(null), null);
  }

  /** Address of the server, without user and password. */
  URI url() {
    return endpoint.url();
  }

  InfluxAnswer get(String path, Map<String, String> parameters) throws IOException {
    return InfluxAnswer.of(endpoint.send(endpoint.request(path, parameters).GET().build()));
  }

  InfluxAnswer post(String path, Map<String, String> parameters, String contentType, String body)
      throws IOException {
    return InfluxAnswer.of(
        endpoint.send(
            endpoint
                .request(path, parameters)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build()));
  }

  /** For an answer that may be large; the limit of time ends with its head. */
  HttpResponse<InputStream> stream(String path, Map<String, String> parameters) throws IOException {
    return endpoint.send(
        endpoint.request(path, parameters).GET().build(),
        HttpResponse.BodyHandlers.ofInputStream(),
        QUERY_LIMIT);
  }

  /** For an answer of any length, which ends only with a pause. */
  HttpResponse<InputStream> longStream(
      String path, Map<String, String> parameters, ReadLimits limits) throws IOException {
    return endpoint.send(
        endpoint.request(path, parameters).GET().build(),
        StreamedBody.of(limits.pause()),
        limits.silence());
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
