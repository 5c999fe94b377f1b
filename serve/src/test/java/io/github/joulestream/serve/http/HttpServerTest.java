// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static io.github.joulestream.serve.http.Answers.SITE;
import static io.github.joulestream.serve.http.Answers.isProblem;
import static io.github.joulestream.serve.http.Answers.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Answers of a real server. */
class HttpServerTest {
  private static final Route TABLE =
      Route.get(
          "/api/v1/table",
          Set.of("format"),
          request ->
              request.format().equals("csv")
                  ? Answer.of(
                      new Answer.Csv(
                          List.of("name", "energy_millijoules", "at"),
                          List.of(
                              Arrays.asList("=1+1", Long.MAX_VALUE, Instant.EPOCH),
                              Arrays.asList("a,\"b\"", null, null))))
                  : Answer.json(List.of(1)));

  @Test
  void answer_hasTheHeadersThatKeepAPageSafe() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      HttpResponse<String> response = server.get("/api/v1/sites/dc1");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(json(response).get("site").asText()).isEqualTo("dc1");
      Map<String, List<String>> headers = response.headers().map();
      assertThat(headers)
          .containsEntry("X-Content-Type-Options", List.of("nosniff"))
          .containsEntry("Referrer-Policy", List.of("no-referrer"))
          .containsEntry("Cross-Origin-Opener-Policy", List.of("same-origin"))
          .containsEntry("Cross-Origin-Resource-Policy", List.of("same-origin"))
          .containsEntry("Cache-Control", List.of("no-store"))
          .containsEntry("Content-Type", List.of("application/json"));
      assertThat(requireNonNull(headers.get("Content-Security-Policy")).getFirst())
          .contains("default-src 'none'", "frame-ancestors 'none'")
          .doesNotContain("script-src");
      assertThat(headers.keySet())
          .doesNotContain("Server", "X-Powered-By", "Access-Control-Allow-Origin");
    }
  }

  @Test
  void csp_ofThePage_allowsNoInlineScriptOrStyle() throws Exception {
    try (TestServer server =
        new TestServer(List.of(new Route("GET", "/", Set.of(), true, r -> Answer.json(1))))) {
      String policy = server.get("/").headers().firstValue("Content-Security-Policy").orElseThrow();
      assertThat(policy).contains("script-src 'self'", "style-src 'self'", "base-uri 'none'");
      assertThat(policy).doesNotContain("unsafe", "http:", "https:", "*");
    }
  }

  @Test
  void path_isDecodedOnce() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      assertThat(json(server.get("/api/v1/sites/a%2Db%20%C3%A9+c")).get("site").asText())
          .isEqualTo("a-b é+c");
    }
  }

  @Test
  void head_hasTheHeadOfGet_andNoBody() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      HttpResponse<String> get = server.get("/api/v1/sites/a");
      HttpResponse<String> head = server.send("HEAD", "/api/v1/sites/a", "");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValue("Content-Length"))
          .contains(Integer.toString(get.body().length()));
    }
  }

  @Test
  void range_isAnsweredWhole() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      HttpResponse<String> response = server.get("/api/v1/sites/a", "Range", "bytes=0-3");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).startsWith("{").endsWith("}");
    }
  }

  @Test
  void csv_isRfc4180_withoutFormulas() throws Exception {
    try (TestServer server = new TestServer(List.of(TABLE))) {
      HttpResponse<String> response = server.get("/api/v1/table?format=csv");
      assertThat(response.body())
          .isEqualTo(
              "name,energy_millijoules,at\r\n'=1+1,9223372036854775807,1970-01-01T00:00:00Z\r\n"
                  + "\"a,\"\"b\"\"\",,\r\n");
      assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
      assertThat(server.get("/api/v1/table", "Accept", "text/csv").body()).startsWith("name,");
      assertThat(server.get("/api/v1/table", "Accept", "text/csv;q=0.1, */*;q=0.9").body())
          .isEqualTo("[1]");
      assertThat(server.get("/api/v1/table", "Accept", "text/html, */*").body()).isEqualTo("[1]");
      isProblem(server.get("/api/v1/table", "Accept", "image/png"), 406);
      isProblem(server.get("/api/v1/table?format=xml"), 400);
    }
  }

  @Test
  void etag_isAnsweredWith304_toTheSameViewerAlone() throws Exception {
    Route closed =
        Route.get("/api/v1/closed", Set.of(), r -> Answer.json(List.of(1)).withEtag("2026-10"));
    try (TestServer server = new TestServer(List.of(closed))) {
      HttpResponse<String> first = server.get("/api/v1/closed", "X-Test-User", "ann");
      String etag = first.headers().firstValue("ETag").orElseThrow();
      assertThat(first.headers().firstValue("Cache-Control")).contains("private, no-cache");
      HttpResponse<String> again =
          server.get("/api/v1/closed", "X-Test-User", "ann", "If-None-Match", "\"x\", W/" + etag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(
              server
                  .get("/api/v1/closed", "X-Test-User", "ben", "If-None-Match", etag)
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void openRoutes_knowWhoAsks_ifThatIsKnown() throws Exception {
    Route open =
        new Route(
            "GET",
            "/open",
            Set.of(),
            true,
            r -> Answer.json(r.visibility().viewer().name() + r.visibility().sites()));
    try (TestServer server = new TestServer(List.of(open))) {
      assertThat(server.get("/open", "X-Test-User", "ann").body()).isEqualTo("\"anntrue\"");
      HttpResponse<String> nobody = server.get("/open", "X-Test-User", "none");
      assertThat(nobody.statusCode()).isEqualTo(200);
      assertThat(nobody.body()).isEqualTo("\"false\"");
    }
  }

  @Test
  void whatNeverChanges_isKeptByBrowsers() throws Exception {
    Route fixed =
        Route.get(
            "/fixed",
            Set.of(),
            r -> Answer.of(new Answer.Fixed("text/css", new byte[] {'a'})).withEtag("hash"));
    try (TestServer server = new TestServer(List.of(fixed))) {
      HttpResponse<String> response = server.get("/fixed");
      assertThat(response.body()).isEqualTo("a");
      assertThat(response.headers().firstValue("Content-Type")).contains("text/css");
      assertThat(response.headers().allValues("Cache-Control"))
          .containsExactly("public, max-age=31536000, immutable");
    }
  }

  @Test
  void gzip_isUsedWhereItIsAccepted() throws Exception {
    Route large =
        Route.get(
            "/api/v1/large", Set.of(), r -> Answer.json("x".repeat(50_000)).withEtag("large"));
    try (TestServer server = new TestServer(List.of(large))) {
      HttpResponse<java.io.InputStream> response =
          server.client.send(
              HttpRequest.newBuilder(server.uri("/api/v1/large"))
                  .header("Accept-Encoding", "gzip")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
      try (GZIPInputStream in = new GZIPInputStream(response.body())) {
        assertThat(in.readAllBytes()).hasSize(50_002);
      }
      String etag = response.headers().firstValue("ETag").orElseThrow();
      assertThat(
              server
                  .get("/api/v1/large", "Accept-Encoding", "gzip", "If-None-Match", etag)
                  .statusCode())
          .isEqualTo(304);
      assertThat(server.get("/api/v1/large").headers().firstValue("Content-Encoding")).isEmpty();
    }
  }

  @Test
  void next_isALinkHeader() throws Exception {
    Route paged =
        Route.get(
            "/api/v1/paged",
            Set.of("cursor", "limit", "user"),
            r -> {
              int page = Cursor.of(r, 1).map(c -> Integer.parseInt(c.keys().getFirst())).orElse(0);
              return Answer.json(page).withNext(Cursor.next(r, Integer.toString(page + 1)));
            });
    try (TestServer server = new TestServer(List.of(paged))) {
      HttpResponse<String> first = server.get("/api/v1/paged?user=%3Ea&limit=2");
      String link = first.headers().firstValue("Link").orElseThrow();
      assertThat(link)
          .startsWith("</api/v1/paged?user=%3Ea&limit=2&cursor=")
          .endsWith(">; rel=\"next\"");
      String next = link.substring(1, link.indexOf('>'));
      assertThat(server.get(next).body()).isEqualTo("1");
      assertThat(server.get(next.replace("limit=2", "limit=3")).body()).isEqualTo("1");
      isProblem(server.get(next.replace("user=%3Ea", "user=b")), 400);
      isProblem(server.get(next.substring(0, next.length() - 4) + "AAAA"), 400);
      isProblem(server.get("/api/v1/paged?cursor=W10"), 400);
      isProblem(server.get("/api/v1/paged?cursor=bnVsbA"), 400);
    }
  }

  @Test
  void body_thatIsStreamed_isCutOffIfItFails() throws Exception {
    Route failing =
        Route.get(
            "/api/v1/stream",
            Set.of(),
            r ->
                Answer.of(
                    new Answer.Stream(
                        "text/plain; charset=utf-8",
                        "a\"b.txt",
                        out -> {
                          out.write("x".repeat(100_000).getBytes(UTF_8));
                          throw new IOException("the store ends");
                        })));
    try (TestServer server = new TestServer(List.of(failing))) {
      String answer =
          server.raw("GET /api/v1/stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("filename=\"a_b.txt\"");
      assertThat(answer).doesNotContain("\r\n0\r\n\r\n");
    }
  }

  @Test
  void requests_areCountedByRouteAndStatus() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      server.get("/api/v1/sites/a");
      server.get("/api/v1/sites/b");
      server.get("/nothing");
      // counted once the answer is handed on
      while (requireNonNull(server.counts.durations().get(Double.POSITIVE_INFINITY)) < 3) {
        Thread.onSpinWait();
      }
      assertThat(server.counts.requests())
          .containsEntry("{route=\"/api/v1/sites/{site}\",status=\"200\"}", 2.0)
          .containsEntry("{route=\"(none)\",status=\"404\"}", 1.0);
      assertThat(server.counts.durations().get(Double.POSITIVE_INFINITY)).isEqualTo(3);
    }
  }
}
