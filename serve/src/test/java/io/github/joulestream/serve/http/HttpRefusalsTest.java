// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static io.github.joulestream.serve.http.Answers.SITE;
import static io.github.joulestream.serve.http.Answers.isProblem;
import static io.github.joulestream.serve.http.Answers.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.store.history.TooManyRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a real server refuses, and how. */
class HttpRefusalsTest {
  private static final String CLOSE = "\r\nConnection: close\r\n\r\n";
  private static final String CHUNKED = "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

  private static Route failing(String path, RuntimeException e) {
    return Route.get(
        path,
        Set.of(),
        request -> {
          throw e;
        });
  }

  @Test
  void pathTricks_areNotFound() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      for (String path :
          List.of(
              "/api/v1/sites/a%2Fb",
              "/api/v1/sites/a%2fb",
              "/api/v1/sites/a%252Fb",
              "/api/v1/sites/%2e%2e",
              "/api/v1/sites/..",
              "/api/v1/sites/.",
              "/api/v1/sites/x/../dc1",
              "/api/v1/sites//dc1",
              "//api/v1/sites/dc1",
              "/api/v1/sites/",
              "/api/v1/sites/dc1/",
              "/api/v1/sites/a%00b",
              "/api/v1/sites/a%0Ab",
              "/api/v1/sites/%c0%af",
              "/api/v1/sites/%c0%ae%c0%ae",
              "/api/v1/sites/%e0%80%af",
              "/api/v1/sites/%ed%a0%80",
              "/api/v1/sites/%ff",
              "/api/v1/sites/a%5Cb",
              "/api/v1/sites/a;b=c",
              "/api/v1/sites/a%3bb;c",
              "/api/v1/sites/a%2",
              "/api/v1/sites/a%zz",
              "/api/v1/sites/%u002e")) {
        String answer =
            server.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).as(path).matches("(?s)HTTP/1.1 40[04] .*");
        assertThat(answer).as(path).contains("application/problem+json", "\"status\":40");
      }
    }
  }

  @Test
  void parameters_thatAreUnknownOrRepeated_areRefused() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      for (String query :
          List.of("zoen=UTC", "zone=a&zone=b", "label.=a", "label.x=1&label.x=2", "ZONE=a")) {
        HttpResponse<String> response = server.get("/api/v1/sites/a?" + query);
        isProblem(response, 400);
        assertThat(json(response).get("parameter").asText())
            .isEqualTo(query.substring(0, query.indexOf('=')));
      }
      isProblem(server.get("/api/v1/sites/a?zone=%00"), 400);
      isProblem(server.get("/api/v1/sites/a?zone=%c0%80"), 400);
      isProblem(server.get("/api/v1/sites/a?zone=" + "x".repeat(2_001)), 400);
      isProblem(server.get("/api/v1/sites/a?" + "name=x&".repeat(201)), 400);
      JsonNode answer =
          json(server.get("/api/v1/sites/a?label.x=1&label.y%20z=%3C+%3E&name=b&name=c&zone="));
      assertThat(answer.get("labels").toString()).isEqualTo("{\"x\":\"1\",\"y z\":\"< >\"}");
      assertThat(answer.get("names").toString()).isEqualTo("[\"b\",\"c\"]");
      assertThat(answer.get("zone").asText()).isEqualTo("none");
    }
  }

  @Test
  void methods_thatAPathDoesNotHave_areRefusedWithThoseItHas() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      HttpResponse<String> response = server.send("POST", "/api/v1/sites/a", "{}");
      isProblem(response, 405);
      assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
      isProblem(server.send("OPTIONS", "/api/v1/sites/a", ""), 405);
      isProblem(server.send("GET", "/api/v1/nothing", ""), 404);
    }
  }

  @Test
  void failures_sayNothingOfTheInside() throws Exception {
    try (TestServer server =
        new TestServer(
            List.of(
                failing("/api/v1/a", new IllegalStateException("secret of the inside")),
                failing("/api/v1/b", new UncheckedIOException(new IOException("http://store"))),
                failing("/api/v1/c", new TooManyRows(5))))) {
      HttpResponse<String> broken = server.get("/api/v1/a");
      isProblem(broken, 500);
      assertThat(broken.body()).doesNotContain("secret", "IllegalState", "Exception");
      HttpResponse<String> away = server.get("/api/v1/b");
      isProblem(away, 503);
      assertThat(away.headers().firstValue("Retry-After")).contains("5");
      assertThat(away.body()).doesNotContain("http://store");
      isProblem(server.get("/api/v1/c"), 422);
    }
  }

  @Test
  void whoIsNotKnown_is401_andSoonHasToWait() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      HttpResponse<String> first = server.get("/api/v1/sites/a", "X-Test-User", "none");
      isProblem(first, 401);
      assertThat(first.headers().firstValue("WWW-Authenticate")).isPresent();
      int status = 401;
      for (int i = 0; i < 100 && status == 401; i++) {
        status = server.get("/api/v1/sites/a", "X-Test-User", "none").statusCode();
      }
      assertThat(status).isEqualTo(429);
      assertThat(server.get("/api/v1/sites/a").statusCode()).isEqualTo(200);
      assertThat(server.counts.refusals().get("credentials")).isGreaterThan(30);
    }
  }

  @Test
  void viewers_whoAskTooOften_haveToWait_andOthersDoNot() throws Exception {
    try (TestServer server =
        new TestServer(TestServer.settings(2, Set.of(), TestServer.LIMITS), List.of(SITE))) {
      HttpResponse<String> last = server.get("/api/v1/sites/a", "X-Test-User", "ann");
      for (int i = 0; i < 50 && last.statusCode() == 200; i++) {
        last = server.get("/api/v1/sites/a", "X-Test-User", "ann");
      }
      isProblem(last, 429);
      assertThat(last.headers().firstValue("Retry-After")).contains("1");
      assertThat(server.get("/api/v1/sites/a", "X-Test-User", "ben").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void host_ofAnotherName_isRefusedWithoutTokens() throws Exception {
    try (TestServer server =
        new TestServer(
            TestServer.settings(0, HttpSettings.LOOPBACK_HOSTS, TestServer.LIMITS),
            List.of(SITE))) {
      for (String host : List.of("localhost:8080", "127.0.0.1", "[::1]:99", "LOCALHOST")) {
        assertThat(ask(server, host)).as(host).startsWith("HTTP/1.1 200 ");
      }
      for (String host :
          List.of(
              "evil.example",
              "localhost.evil.example",
              "127.0.0.1.evil.example:80",
              "evil@localhost",
              "10.0.0.1")) {
        assertThat(ask(server, host)).as(host).matches("(?s)HTTP/1.1 4(21|00) .*");
      }
      assertThat(
              server.raw("GET /api/v1/sites/a HTTP/1.1\r\nHost: localhost\r\nHost: evil" + CLOSE))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  private static String ask(TestServer server, String host) throws IOException {
    return server.raw("GET /api/v1/sites/a HTTP/1.1\r\nHost: " + host + CLOSE);
  }

  @Test
  void writes_ofPagesOfOtherSites_areRefused() throws Exception {
    Route session =
        new Route("POST", "/api/v1/session", Set.of(), true, r -> Answer.json(r.body().length));
    try (TestServer server = new TestServer(List.of(session))) {
      String path = "/api/v1/session";
      isProblem(server.send("POST", path, "{}", "Sec-Fetch-Site", "cross-site"), 403);
      isProblem(server.send("POST", path, "{}", "Sec-Fetch-Site", "same-site"), 403);
      isProblem(server.send("POST", path, "{}", "Origin", "http://evil.example"), 403);
      isProblem(server.send("POST", path, "{}", "Origin", "null"), 403);
      assertThat(server.send("POST", path, "{}", "Sec-Fetch-Site", "same-origin").body())
          .isEqualTo("2");
      // a proxy that changed Host is between
      String[] proxied = {"Sec-Fetch-Site", "same-origin", "Origin", "https://page.example"};
      assertThat(server.send("POST", path, "{}", proxied).body()).isEqualTo("2");
      String[] evil = {"Sec-Fetch-Site", "cross-site", "Origin", "http://127.0.0.1"};
      isProblem(server.send("POST", path, "{}", evil), 403);
      assertThat(server.send("POST", path, "{}").body()).isEqualTo("2");
      isProblem(server.send("POST", path, "x".repeat(65_537)), 413);
      isProblem(server.send("POST", path, "x", "Content-Encoding", "gzip"), 415);
    }
  }

  @Test
  void connections_withBodiesThatWereNotRead_areSaidToEnd() throws Exception {
    Route write =
        new Route("POST", "/api/v1/session", Set.of(), true, r -> Answer.json(r.body().length));
    String begin = "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    try (TestServer server = new TestServer(List.of(write, SITE))) {
      // none of the body arrives
      for (String headers :
          List.of(
              "Content-Length: 65537",
              "Content-Length: 9\r\nContent-Encoding: gzip",
              "Content-Length: 9\r\nSec-Fetch-Site: cross-site",
              "Transfer-Encoding: chunked\r\nContent-Encoding: gzip")) {
        String answer = server.raw(begin + headers + "\r\n\r\n");
        assertThat(answer).as(headers).startsWith("HTTP/1.1 4").contains("Connection: close\r\n");
      }
      String read = "GET /api/v1/sites/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
      assertThat(server.raw(read)).startsWith("HTTP/1.1 200 ").contains("Connection: close\r\n");
      // all of it has arrived: the connection serves the next request too
      String refused = begin + "Content-Length: 9\r\nSec-Fetch-Site: cross-site\r\n\r\n123456789";
      String next = "GET /api/v1/sites/a HTTP/1.1\r\nHost: a" + CLOSE;
      assertThat(server.raw(refused + next)).startsWith("HTTP/1.1 403 ").contains("HTTP/1.1 200 ");
    }
  }

  @Test
  void requests_thatAreTooLarge_areRefused() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      assertThat(server.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .startsWith("HTTP/1.1 414 ")
          .contains("application/problem+json");
      assertThat(server.raw("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(5_000) + "\r\n"))
          .startsWith("HTTP/1.1 431 ")
          .contains("application/problem+json");
      assertThat(server.raw("\u0016\u0003\u0001 nothing\r\n\r\n")).startsWith("HTTP/1.1 400 ");
      assertThat(
              server.raw("POST /api/v1/sites/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4" + CHUNKED))
          .startsWith("HTTP/1.1 400 ");
      assertThat(server.get("/api/v1/sites/a").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void slowClients_areDisconnected_andOthersAreNotHindered() throws Exception {
    HttpSettings.Limits limits =
        new HttpSettings.Limits(200, 50, 50, 64 << 10, 500, 60_000, 15_000);
    try (TestServer server =
            new TestServer(TestServer.settings(0, Set.of(), limits), List.of(SITE));
        java.net.Socket halfOpen = server.connect();
        java.net.Socket slow = server.connect()) {
      slow.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\nX".getBytes(UTF_8));
      assertThat(server.get("/api/v1/sites/a").statusCode()).isEqualTo(200);
      assertThat(halfOpen.getInputStream().read()).isEqualTo(-1);
      String rest = TestServer.rest(slow);
      assertThat(rest).doesNotContain("200");
      assertThat(server.counts.refusals().get("slow to ask")).isGreaterThanOrEqualTo(2);
    }
  }
}
