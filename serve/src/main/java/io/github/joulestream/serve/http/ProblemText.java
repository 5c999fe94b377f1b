// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Problems as RFC 9457 has them. */
final class ProblemText {
  static final String TYPE = "application/problem+json";

  private ProblemText() {}

  /**
   * The body.
   *
   * @param path of the request, without its query
   */
  static byte[] body(Problem problem, String path) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "about:blank");
    members.put("title", problem.title());
    members.put("status", problem.status());
    members.put("detail", problem.detail());
    members.put("instance", path);
    String parameter = problem.parameter();
    if (parameter != null) {
      members.put("parameter", parameter);
    }
    return JsonText.bytes(members);
  }

  /** Headers that belong to it. */
  static void put(Problem problem, HttpFields.Mutable headers) {
    headers.put(HttpHeader.CONTENT_TYPE, TYPE);
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    Duration after = problem.retryAfter();
    if (after != null) {
      headers.put(HttpHeader.RETRY_AFTER, Long.toString(seconds(after)));
    }
    if (problem.status() == 401) {
      headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"joulestream\"");
    }
  }

  private static long seconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }

  /** What the server itself answers, before a request has come to a route. */
  static Problem ofServer(int status, @Nullable String path) {
    return switch (status) {
      case 400 -> Problem.of(status, "Bad request", "the request cannot be read");
      case 404 -> Problem.notFound("there is nothing at " + path);
      case 408 -> Problem.of(status, "Too slow", "the request did not arrive in time");
      case 413 -> Problem.of(status, "Too large", "the body is too large");
      case 414 -> Problem.of(status, "Too long", "path and query are too long");
      case 431 -> Problem.of(status, "Too large", "the headers are too large");
      case 500 -> Problem.of(status, "Internal error", "it is in the log of the server");
      case 505 -> Problem.of(status, "Version not known", "HTTP/1.1 is");
      default -> Problem.of(status, "Not answered", "the server answers with " + status);
    };
  }
}
