// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofSeconds(20), 100);
  private static final HttpEndpoint.Limits SHORT =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofMillis(300), 100);

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = "ok";
  private volatile boolean endless;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              "%s %s %s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(status, 0);
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.getResponseBody().flush();
          try {
            if (endless) {
              end.await();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.close();
  }

  private URI url(String user, String path) {
    return URI.create("http://" + user + "127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private HttpEndpoint endpoint(HttpEndpoint.Limits limits) {
    return new HttpEndpoint(url("", ""), limits);
  }

  private static HttpRequest get(HttpEndpoint endpoint) {
    return endpoint.request("/x").GET().build();
  }

  @Test
  void userAndPasswordOfTheAddress_becomeBasicAuthentication() throws IOException {
    try (HttpEndpoint endpoint = new HttpEndpoint(url("ada:secret@", "/base/"), LIMITS)) {
      assertThat(endpoint.url()).isEqualTo(url("", "/base/"));
      endpoint.send(endpoint.request("/q", Map.of("a", "1 & 2")).GET().build());
    }
    assertThat(requests).containsExactly("GET /base/q?a=1+%26+2 Basic YWRhOnNlY3JldA==");
  }

  @Test
  void credentials_areSentAsGiven() throws IOException {
    try (HttpEndpoint endpoint = new HttpEndpoint(url("", ""), LIMITS, "Token t", null)) {
      endpoint.send(get(endpoint));
    }
    try (HttpEndpoint endpoint = endpoint(LIMITS)) {
      endpoint.send(get(endpoint));
    }
    assertThat(requests).containsExactly("GET /x Token t", "GET /x null");
  }

  @Test
  void answers_haveStatusBodyAndPause_andRedirectsAreNotFollowed() throws IOException {
    try (HttpEndpoint endpoint = endpoint(LIMITS)) {
      body = " out of\n  memory";
      status = 503;
      HttpAnswer answer = endpoint.send(get(endpoint));
      assertThat(answer).isEqualTo(new HttpAnswer(503, body, 7_000));
      assertThat(answer.reason()).isEqualTo("503: out of; memory");
      assertThat(answer.ok()).isFalse();
      status = 302;
      assertThat(endpoint.send(get(endpoint)).status()).isEqualTo(302);
      status = 401;
      assertThat(endpoint.send(get(endpoint)).denied()).isTrue();
    }
    assertThat(requests).hasSize(3);
  }

  @Test
  void aBodyOverTheLimit_fails_orIsCutWhereTheStatusMatters() throws IOException {
    body = "x".repeat(101);
    try (HttpEndpoint endpoint = endpoint(LIMITS)) {
      assertThatThrownBy(() -> endpoint.send(get(endpoint))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> endpoint.sendForBytes(get(endpoint)))
          .isInstanceOf(IOException.class);
      assertThat(endpoint.sendForStatus(get(endpoint)).body()).isEqualTo("x".repeat(100));
      body = "x".repeat(100);
      assertThat(endpoint.sendForBytes(get(endpoint)).body()).hasSize(100);
    }
  }

  @Test
  void aBodyWithoutEnd_failsAfterTheLimitOfTime() {
    endless = true;
    try (HttpEndpoint endpoint = endpoint(SHORT)) {
      assertThatThrownBy(() -> endpoint.send(get(endpoint)))
          .isInstanceOf(IOException.class)
          .hasMessage("no answer within 0.3 s");
      assertThatThrownBy(
              () -> endpoint.start(get(endpoint), HttpResponse.BodyHandlers.ofString()).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void aServerThatDoesNotListen_isAnIoException_withAReason() {
    server.stop(0);
    try (HttpEndpoint endpoint = endpoint(LIMITS)) {
      assertThatThrownBy(() -> endpoint.send(get(endpoint)))
          .isInstanceOf(IOException.class)
          .message()
          .isNotBlank();
    }
  }

  @Test
  void anInterruptedThread_staysInterrupted() {
    endless = true;
    try (HttpEndpoint endpoint = endpoint(LIMITS)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> endpoint.send(get(endpoint)))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
