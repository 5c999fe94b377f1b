// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
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
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP server, with limits of time and size that also hold for a body that never ends. Uses
 * HTTP/1.1 and follows no redirect: credentials reach only the address that the operator gave. Safe
 * for many threads.
 */
public final class HttpEndpoint implements AutoCloseable {
  /**
   * Limits of a request.
   *
   * @param connect time to connect
   * @param answer time from sending the request to the end of the body
   * @param maxBytes size of the body
   */
  public record Limits(Duration connect, Duration answer, int maxBytes) {
    /** 10 s to connect, 30 s to answer, 16 MiB. */
    public static final Limits DEFAULT =
        new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), 16 << 20);
  }

  private final HttpClient client;
  private final URI url;
  private final Limits limits;
  private final @Nullable String authorization;

  /**
   * A server that needs no certificates of its own.
   *
   * @param url {@code http} or {@code https}; a user and a password in it become basic
   *     authentication
   */
  public HttpEndpoint(URI url, Limits limits) {
    this(url, limits, url.getUserInfo() == null ? null : basic(url.getUserInfo()), null);
  }

  /**
   * A server with credentials.
   *
   * @param url {@code http} or {@code https}; a user and a password in it are not used
   * @param authorization value of the header {@code Authorization}; null for none
   * @param tls whom to trust; null for what the JDK trusts
   */
  public HttpEndpoint(
      URI url, Limits limits, @Nullable String authorization, @Nullable SSLContext tls) {
    this.url = withoutUser(url);
    this.limits = limits;
    this.authorization = authorization;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(limits.connect())
            .followRedirects(HttpClient.Redirect.NEVER);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.client = builder.build();
  }

  /** The header of basic authentication (RFC 7617) for {@code user:password}. */
  public static String basic(String userAndPassword) {
    return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
  }

  private static URI withoutUser(URI url) {
    if (url.getUserInfo() == null) {
      return url;
    }
    try {
      return new URI(
          url.getScheme(), null, url.getHost(), url.getPort(), url.getPath(), url.getQuery(), null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL: " + ShownUrl.of(url), e);
    }
  }

  /** Address of the server, without user and password. */
  public URI url() {
    return url;
  }

  /** A request to a path below the address; the address itself if the path is empty. */
  public HttpRequest.Builder request(String path) {
    return requestTo(
        path.isEmpty() ? url : URI.create(url.toString().replaceFirst("/+$", "") + path));
  }

  /** A request to a path below the address with parameters, which are encoded here. */
  public HttpRequest.Builder request(String path, Map<String, String> parameters) {
    return request(
        path
            + parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
                .collect(Collectors.joining("&", "?", "")));
  }

  /** A request to this URL of the server, with its credentials. */
  public HttpRequest.Builder requestTo(URI target) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target).header("User-Agent", "joulestream");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  /**
   * Sends a request and reads the body as text.
   *
   * @throws IOException if the server cannot be reached, exceeds a limit, or the thread is
   *     interrupted; the message is one line for people
   */
  public HttpAnswer send(HttpRequest request) throws IOException {
    return HttpAnswer.of(send(request, BoundedBody.wholeText(limits.maxBytes()), limits.answer()));
  }

  /**
   * Like {@link #send(HttpRequest)}, but keeps the beginning of a body that is too large: for
   * answers of which the status matters.
   */
  public HttpAnswer sendForStatus(HttpRequest request) throws IOException {
    return HttpAnswer.of(send(request, BoundedBody.beginning(limits.maxBytes()), limits.answer()));
  }

  /** Like {@link #send(HttpRequest)}, with the body as bytes. */
  public HttpResponse<byte[]> sendForBytes(HttpRequest request) throws IOException {
    return send(request, BoundedBody.whole(limits.maxBytes()), limits.answer());
  }

  /**
   * Sends a request and reads the body with this handler, which limits its size.
   *
   * @param limit time until the handler has its result; of a stream that is the head of the answer
   */
  public <T> HttpResponse<T> send(
      HttpRequest request, HttpResponse.BodyHandler<T> handler, Duration limit) throws IOException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    try {
      // a limit of the request would end with the head of the answer
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = requireNonNullElse(e.getCause(), e);
      throw new IOException(why(cause), cause);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer within " + Quantities.duration(limit.toMillis()), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /**
   * Sends a request without waiting for the answer, which fails after the limit of time. The
   * handler limits the size.
   */
  public <T> CompletableFuture<HttpResponse<T>> start(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    return answer
        .copy()
        .orTimeout(limits.answer().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((_, _) -> answer.cancel(true));
  }

  /** A failure's message; the name of its class if it has none. */
  private static String why(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  /** Closes connections at once, also those with a request under way. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
