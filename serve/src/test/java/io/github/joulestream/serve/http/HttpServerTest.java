// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.store.history.TooManyRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real server. */
class HttpServerTest {
  private static final String CLOSE = "\r\nConnection: close\r\n\r\n";
  private static final String CHUNKED = "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  private static final Route SITE =
      Route.get(
          "/api/v1/sites/{site}",
          Set.of("zone", "label.", "name*"),
          request ->
              Answer.json(
                  Map.of(
                      "site", request.path("site"),
                      "labels", request.parametersWith("label."),
                      "names", request.parameters("name"),
                      "zone", request.parameter("zone").orElse("none"),
                      "who", request.visibility().viewer().name())));
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

  private static Route failing(String path, RuntimeException e) {
    return Route.get(
        path,
        Set.of(),
        request -> {
          throw e;
        });
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  private static void isProblem(HttpResponse<String> response, int status) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.get("type").asText()).isEqualTo("about:blank");
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asText()).isNotBlank();
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(problem.get("instance").asText()).doesNotContain("?");
  }

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
  void path_isDecodedOnce() throws Exception {
    try (TestServer server = new TestServer(List.of(SITE))) {
      assertThat(json(server.get("/api/v1/sites/a%2Db%20%C3%A9+c")).get("site").asText())
          .isEqualTo("a-b é+c");
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

  @Test
  void tls_isServedWithPemFiles(@TempDir Path folder) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret1",
                "-keystore",
                folder.resolve("store").toString())
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(folder.resolve("store"))) {
      store.load(in, "secret1".toCharArray());
    }
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Files.writeString(certificate, pem("CERTIFICATE", store.getCertificate("a").getEncoded()));
    Files.writeString(
        key, pem("PRIVATE KEY", store.getKey("a", "secret1".toCharArray()).getEncoded()));
    HttpSettings plain = TestServer.settings(0, Set.of(), TestServer.LIMITS);
    HttpSettings settings =
        new HttpSettings(
            plain.address(),
            new HttpSettings.Tls(certificate, key),
            Set.of(),
            0,
            TestServer.LIMITS);
    javax.net.ssl.TrustManagerFactory trust =
        javax.net.ssl.TrustManagerFactory.getInstance(
            javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    javax.net.ssl.SSLContext context = javax.net.ssl.SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (TestServer server = new TestServer(settings, List.of(SITE));
        java.net.Socket socket =
            context.getSocketFactory().createSocket("127.0.0.1", server.server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/sites/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      assertThat(TestServer.rest(socket))
          .startsWith("HTTP/1.1 200 ")
          .contains("Strict-Transport-Security: max-age=");
    }
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, java.util.Base64.getMimeEncoder().encodeToString(bytes), what);
  }
}
