// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TargetEndpointTest {
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          byte[] body = "why\n so".getBytes(UTF_8);
          exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
          if (status != 204) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Answer post(int wanted) {
    status = wanted;
    try (TargetEndpoint endpoint =
        new TargetEndpoint(
            URI.create("http://ada:secret@127.0.0.1:" + server.getAddress().getPort() + "/am/"))) {
      return endpoint.post("/api/v2/alerts", "[]".getBytes(UTF_8), Map.of());
    }
  }

  @Test
  void aRequestThatBreaksARule_isRejected_andAllOthersAreRetried() {
    assertThat(post(200)).isEqualTo(new Answer.Accepted("why\n so"));
    assertThat(post(204)).isEqualTo(new Answer.Accepted(""));
    assertThat(post(400)).isEqualTo(new Answer.Rejected("HTTP status 400: why; so"));
    for (int later : new int[] {302, 401, 403, 404, 408, 429, 500, 503}) {
      assertThat(post(later))
          .isEqualTo(new Answer.Unavailable("HTTP status %d: why; so".formatted(later), 7_000));
    }
    // a redirect is not followed, and the password is not in the address
    assertThat(seen)
        .hasSize(11)
        .allMatch(line -> line.equals("POST /am/api/v2/alerts Basic YWRhOnNlY3JldA=="));
  }

  @Test
  void whereNothingListens_isUnavailable() {
    int port = server.getAddress().getPort();
    server.stop(0);
    try (TargetEndpoint endpoint = new TargetEndpoint(URI.create("http://127.0.0.1:" + port))) {
      assertThat(endpoint.get("/")).isInstanceOf(Answer.Unavailable.class);
    }
  }
}
