// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedBodyTest {
  private static final int MOST = 10_000;

  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer server;
  private byte[] body = {};

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    server.stop(0);
  }

  private <T> T get(HttpResponse.BodyHandler<T> handler) throws Exception {
    URI url = URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
    return http.send(HttpRequest.newBuilder(url).build(), handler).body();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, MOST - 1, MOST})
  void takesWhatFits(int length) throws Exception {
    body = "a".repeat(length).getBytes(UTF_8);
    assertThat(get(BoundedBody.whole(MOST))).isEqualTo(body);
    assertThat(get(BoundedBody.wholeText(MOST))).isEqualTo("a".repeat(length));
    assertThat(get(BoundedBody.beginning(MOST))).isEqualTo("a".repeat(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {MOST + 1, 300 * MOST})
  void aLongerOneIsAnErrorOrCut(int length) throws Exception {
    body = "a".repeat(length).getBytes(UTF_8);
    assertThatThrownBy(() -> get(BoundedBody.whole(MOST))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(BoundedBody.wholeText(MOST))).isInstanceOf(IOException.class);
    assertThat(get(BoundedBody.beginning(MOST))).isEqualTo("a".repeat(MOST));
  }

  @Test
  void theConnectionServesOnAfterABodyThatWasCut() throws Exception {
    body = "a".repeat(3 * MOST).getBytes(UTF_8);
    assertThat(get(BoundedBody.beginning(MOST))).hasSize(MOST);
    body = "b".getBytes(UTF_8);
    assertThat(get(BoundedBody.beginning(MOST))).isEqualTo("b");
  }
}
