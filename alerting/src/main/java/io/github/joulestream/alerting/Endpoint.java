// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.BoundedBody;
import io.github.joulestream.runtime.RetryAfter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Something that takes HTTP requests. A redirect is not followed: whoever is told of alerts is
 * named by the operator.
 */
final class Endpoint implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final int MAX_ANSWER = 1 << 20;
  private static final int MAX_REASON = 500;

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final URI base;
  private final @Nullable String authorization;

  /**
   * @param url {@code http} or {@code https}; a user and a password in it become HTTP's basic
   *     authentication
   */
  Endpoint(URI url) {
    String user = url.getUserInfo();
    this.authorization =
        user == null ? null : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    this.base = withoutUser(url);
  }

  private static URI withoutUser(URI url) {
    try {
      return new URI(
          url.getScheme(), null, url.getHost(), url.getPort(), url.getPath(), url.getQuery(), null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL: " + url, e);
    }
  }

  /** Without user and password. */
  URI url() {
    return base;
  }

  Answer get(String path) {
    return answer(request(path).GET().build());
  }

  Answer post(String path, byte[] json, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    headers.forEach(request::header);
    return answer(request.build());
  }

  /**
   * Makes a request with these headers, and drops it.
   *
   * @throws IllegalArgumentException if one of them cannot be a header
   */
  void check(Map<String, String> headers) {
    headers.forEach(request("")::header);
  }

  private HttpRequest.Builder request(String path) {
    URI url = path.isEmpty() ? base : URI.create(base.toString().replaceFirst("/+$", "") + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(LIMIT).header("User-Agent", "joulestream");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private Answer answer(HttpRequest request) {
    CompletableFuture<HttpResponse<String>> sent =
        http.sendAsync(request, BoundedBody.beginning(MAX_ANSWER));
    try {
      // also for a body that never ends
      return answer(sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      return new Answer.Away(why(e.getCause() == null ? e : e.getCause()), 0);
    } catch (TimeoutException e) {
      sent.cancel(true);
      return new Answer.Away("no answer within %d s".formatted(LIMIT.toSeconds()), 0);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      return new Answer.Away("interrupted", 0);
    }
  }

  private static Answer answer(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status / 100 == 2) {
      return new Answer.Taken(response.body());
    }
    String said = response.body().strip().replaceAll("\\s*\\R\\s*", " ");
    said = said.substring(0, Math.min(MAX_REASON, said.length()));
    String why =
        said.isEmpty() ? "it answers " + status : "it answers %d: %s".formatted(status, said);
    return switch (status) {
      // the body breaks a rule of its, today and tomorrow
      case 400, 405, 406, 409, 410, 411, 413, 414, 415, 422 -> new Answer.Refused(why);
      // the rest is an address, a password, a load that somebody mends
      default ->
          new Answer.Away(
              why,
              RetryAfter.millis(
                  response.headers().firstValue("Retry-After").orElse(null),
                  response.headers().firstValue("Date").orElse(null)));
    };
  }

  private static String why(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
