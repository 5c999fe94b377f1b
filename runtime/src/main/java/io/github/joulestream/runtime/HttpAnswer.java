// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;

/**
 * Answer of an HTTP server with its body as text.
 *
 * @param status such as 204
 * @param retryAfterMillis {@code Retry-After}, ms; 0 if the server does not ask for a pause
 */
public record HttpAnswer(int status, String body, long retryAfterMillis) {
  private static final int MAX_REASON = 500;

  static HttpAnswer of(HttpResponse<String> response) {
    HttpHeaders headers = response.headers();
    return new HttpAnswer(
        response.statusCode(),
        response.body(),
        RetryAfter.millis(
            headers.firstValue("Retry-After").orElse(null),
            headers.firstValue("Date").orElse(null)));
  }

  /** True if the server did what was asked for: 2xx. */
  public boolean ok() {
    return status / 100 == 2;
  }

  /** True if the credentials are unknown (401) or not sufficient (403). */
  public boolean denied() {
    return status == 401 || status == 403;
  }

  /** Status and body in one line of at most 500 characters of body: {@code 503: overloaded}. */
  public String reason() {
    String line = oneLine(body);
    return line.isEmpty() ? Integer.toString(status) : status + ": " + line;
  }

  /** A text in one line, cut after 500 characters. */
  public static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", "; ");
    return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + "..." : line;
  }
}
