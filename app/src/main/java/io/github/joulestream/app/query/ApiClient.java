// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.runtime.HttpAnswer;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Reads the API. What it answers instead of figures becomes one line for people. */
final class ApiClient implements AutoCloseable {
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofSeconds(60), 64 << 20);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpEndpoint endpoint;
  private final boolean hasToken;

  /**
   * @param token empty: none
   * @param tls whom to trust; null for what the JDK trusts
   */
  ApiClient(URI url, String token, @Nullable SSLContext tls) {
    this.hasToken = !token.isEmpty();
    this.endpoint = new HttpEndpoint(url, LIMITS, hasToken ? "Bearer " + token : null, tls);
  }

  /** Where it is. */
  URI url() {
    return endpoint.url();
  }

  /**
   * What a path answers.
   *
   * @param parameters of the query; encoded here
   * @throws UserError with what the API says, if that is no 200
   * @throws Unreachable if it cannot be reached, or not now
   */
  JsonNode get(String path, Map<String, String> parameters) throws Unreachable {
    return answer(
        parameters.isEmpty() ? endpoint.request(path) : endpoint.request(path, parameters));
  }

  /**
   * What a path with its query answers, as the API itself gives it for a next page.
   *
   * @throws UserError as above
   * @throws Unreachable as above
   */
  JsonNode get(String pathAndQuery) throws Unreachable {
    return answer(endpoint.request(pathAndQuery));
  }

  private JsonNode answer(HttpRequest.Builder request) throws Unreachable {
    HttpAnswer answer;
    try {
      answer = endpoint.send(request.header("Accept", "application/json").build());
    } catch (InterruptedIOException e) {
      throw new Unreachable("interrupted", e);
    } catch (IOException e) {
      throw new Unreachable(
          "the API at %s cannot be reached: %s; --api takes another URL"
              .formatted(url(), e.getMessage()),
          e);
    }
    if (answer.status() != 200) {
      throw refusal(answer);
    }
    try {
      return JSON.readTree(answer.body());
    } catch (JacksonException e) {
      throw new UserError("%s does not answer as the API does".formatted(url()), e);
    }
  }

  private UserError refusal(HttpAnswer answer) throws Unreachable {
    String detail = detail(answer);
    return switch (answer.status()) {
      case 400, 422 -> UserError.usage(detail);
      case 401 ->
          new UserError(
              hasToken
                  ? "the token is not taken: " + detail
                  : detail + "; give --token-file FILE, or JOULESTREAM_API_TOKEN");
      case 403, 404 -> new UserError(detail);
      case 429, 502, 503, 504 ->
          throw new Unreachable(
              detail
                  + (answer.retryAfterMillis() == 0
                      ? "; try again later"
                      : "; try again in " + Quantities.duration(answer.retryAfterMillis())),
              null);
      default -> new UserError("%s answers %d: %s".formatted(url(), answer.status(), detail));
    };
  }

  /** What is wrong, in the API's words (RFC 9457). */
  private String detail(HttpAnswer answer) {
    try {
      JsonNode problem = JSON.readTree(answer.body());
      String detail = problem == null ? "" : problem.path("detail").asText();
      String parameter = problem == null ? "" : problem.path("parameter").asText();
      if (!detail.isEmpty()) {
        return ShownText.of(parameter.isEmpty() ? detail : parameter + ": " + detail);
      }
    } catch (JacksonException e) {
      // not the API's words, as of a proxy
    }
    return "%s answers %s".formatted(url(), ShownText.of(answer.reason()));
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** The API does not answer now; it may later. */
  static final class Unreachable extends Exception {
    private static final long serialVersionUID = 1;

    Unreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /** For commands that end with it. */
    UserError asError() {
      return new UserError(String.valueOf(getMessage()), this);
    }
  }
}
