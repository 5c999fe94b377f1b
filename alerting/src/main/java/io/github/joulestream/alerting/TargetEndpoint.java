// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.runtime.HttpAnswer;
import io.github.joulestream.runtime.HttpEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/** The HTTP server of a target, and which of its answers mean that a request is to be retried. */
final class TargetEndpoint implements AutoCloseable {
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofSeconds(15), 1 << 20);

  private final HttpEndpoint http;

  /**
   * @param url {@code http} or {@code https}; a user and a password in it become basic
   *     authentication
   */
  TargetEndpoint(URI url) {
    this.http = new HttpEndpoint(url, LIMITS);
  }

  Answer get(String path) {
    return send(http.request(path).GET().build());
  }

  Answer post(String path, byte[] json, Map<String, String> headers) {
    HttpRequest.Builder request =
        http.request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    headers.forEach(request::header);
    return send(request.build());
  }

  /**
   * Checks that a request can be made with these headers.
   *
   * @throws IllegalArgumentException if one of them cannot be a header
   */
  void check(Map<String, String> headers) {
    headers.forEach(http.request("")::header);
  }

  private Answer send(HttpRequest request) {
    HttpAnswer answer;
    try {
      answer = http.sendForStatus(request);
    } catch (IOException e) {
      return new Answer.Unavailable(e.getMessage() == null ? e.toString() : e.getMessage(), 0);
    }
    if (answer.ok()) {
      return new Answer.Accepted(answer.body());
    }
    String reason = "HTTP status " + answer.reason();
    return switch (answer.status()) {
      // the body breaks a rule of the target, now and later
      case 400, 405, 406, 409, 410, 411, 413, 414, 415, 422 -> new Answer.Rejected(reason);
      // an address, a password or a load, which an operator can correct
      default -> new Answer.Unavailable(reason, answer.retryAfterMillis());
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
