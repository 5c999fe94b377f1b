// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.BoundedBody;
import io.github.joulestream.runtime.RetryAfter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Requests to one server. */
final class InfluxHttp implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  // of 5,000 points a server may say what is wrong with each; its buckets are less
  private static final int MAX_ANSWER = 16 << 20;
  private static final Duration QUERY_TIMEOUT = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final URI url;
  private final Optional<String> authorization;

  InfluxHttp(URI url, Optional<String> authorization) {
    this.url = url;
    this.authorization = authorization;
  }

  Answer get(String path, Map<String, String> parameters) throws IOException {
    return answer(request(path, parameters).timeout(TIMEOUT).GET().build());
  }

  Answer post(String path, Map<String, String> parameters, String contentType, String body)
      throws IOException {
    return answer(
        request(path, parameters)
            .timeout(TIMEOUT)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** For an answer that may be large. */
  HttpResponse<InputStream> stream(String path, Map<String, String> parameters) throws IOException {
    return send(
        request(path, parameters).timeout(QUERY_TIMEOUT).GET().build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private Answer answer(HttpRequest request) throws IOException {
    HttpResponse<String> response = send(request, BoundedBody.wholeText(MAX_ANSWER));
    return new Answer(
        response.statusCode(),
        response.body(),
        RetryAfter.millis(
            response.headers().firstValue("Retry-After").orElse(null),
            response.headers().firstValue("Date").orElse(null)));
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return http.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private HttpRequest.Builder request(String path, Map<String, String> parameters) {
    String base = url.toString().replaceFirst("/+$", "");
    String query =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&", "?", ""));
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path + query));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  @Override
  public void close() {
    http.close();
  }
}
