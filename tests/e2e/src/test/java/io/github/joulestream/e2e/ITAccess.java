// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static io.github.joulestream.e2e.ServedSite.JOB;
import static io.github.joulestream.e2e.ServedSite.MARKS;
import static io.github.joulestream.e2e.ServedSite.NODE;
import static io.github.joulestream.e2e.ServedSite.PROJECT;
import static io.github.joulestream.e2e.ServedSite.SITE;
import static io.github.joulestream.e2e.ServedSite.USER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.serve.api.JobPath;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts to see what is others', to be somebody else, and to get around paths: each refused. */
class ITAccess {
  @TempDir static Path folder;

  private static ServedSite site;
  private static String admin;
  private static String owner;
  private static String stranger;
  private static String otherManager;
  private static String member;

  @BeforeAll
  static void start() throws Exception {
    site = ServedSite.start(folder);
    admin = site.token("name=admin role=admin");
    owner = site.token("role=user user=" + USER);
    stranger = site.token("role=user user=zstranger projects=zother");
    otherManager = site.token("role=manager user=zmanager projects=zother");
    member = site.token("role=user user=zmember projects=" + PROJECT);
    site.awaitJobs(admin);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  /** Where the job or its owner could be seen, once somebody may. */
  private static final List<String> PLACES =
      List.of(
          "/api/v1/jobs",
          "/api/v1/jobs?limit=1000&from=1h",
          "/api/v1/jobs?limit=1000&from=1h&sort=-energy",
          "/api/v1/jobs?limit=1000&sort=energy",
          "/api/v1/jobs?limit=1000&sort=-start",
          "/api/v1/jobs?limit=1000&sort=heldIdle",
          "/api/v1/jobs?limit=1000&from=1h&format=csv",
          "/api/v1/jobs?user=" + USER,
          "/api/v1/jobs?from=1h&user=" + USER,
          "/api/v1/jobs?project=" + PROJECT,
          "/api/v1/jobs?label.model=zqmodel",
          "/api/v1/jobs?from=1h&label.model=zqmodel",
          "/api/v1/jobs?state=RUNNING&minEnergyMillijoules=0",
          "/api/v1/usage?from=1h&groupBy=user",
          "/api/v1/usage?from=1h&groupBy=user&format=csv",
          "/api/v1/usage?from=1h&groupBy=project",
          "/api/v1/usage?from=1h&groupBy=label.model",
          "/api/v1/usage?from=1h&groupBy=user&idle=shared&user=" + USER,
          "/api/v1/efficiency?from=1h&groupBy=user",
          "/api/v1/efficiency?from=1h&groupBy=project&format=csv",
          "/api/v1/sites/%s/nodes".formatted(SITE),
          "/api/v1/sites/%s/nodes?format=csv".formatted(SITE),
          "/api/v1/sites/%s/nodes/%s".formatted(SITE, NODE),
          "/api/v1/sites/%s/nodes/%s/placement?from=1h".formatted(SITE, NODE),
          "/api/v1/sites/%s/nodes/%s/placement?from=1h&format=csv".formatted(SITE, NODE),
          "/api/v1/live/" + SITE,
          "/api/v1/live/%s?jobs=1000&cells=none".formatted(SITE));

  /** What the places above show to who may see the job: else their emptiness would say nothing. */
  @Test
  void whoMaySeeTheJob_seesItThere() throws Exception {
    List<String> blind = new ArrayList<>();
    for (String place : PLACES) {
      ServedSite.Answer answer = site.get(admin, place);
      assertThat(answer.status()).as("%s: %s", place, answer.body()).isEqualTo(200);
      // efficiency is of jobs that are over
      if (marks(answer.body()).isEmpty() && !place.contains("/efficiency")) {
        blind.add(place);
      }
    }
    assertThat(blind).isEmpty();
    assertThat(site.get(owner, JobPath.of(SITE, JOB)).status()).isEqualTo(200);
    assertThat(site.get(owner, "/api/v1/jobs?user=me").body()).contains("zq4711");
    assertThat(site.get(owner, "/api/v1/live/" + SITE).body()).contains("zq4711");
  }

  private static List<String> marks(String text) {
    return MARKS.stream().filter(text::contains).toList();
  }

  @Test
  void jobsOfOthers_areNowhere() throws Exception {
    Map<String, String> leaks = new TreeMap<>();
    for (String who : List.of(stranger, otherManager)) {
      for (String place : PLACES) {
        ServedSite.Answer answer = site.get(who, place);
        assertThat(answer.status()).as(place).isIn(200, 403, 404);
        if (!marks(answer.body()).isEmpty()) {
          leaks.put(place, marks(answer.body()).toString());
        }
      }
    }
    assertThat(leaks).isEmpty();
  }

  /** Who is in the project sees its sum, and not who had which part of it. */
  @Test
  void aMember_seesTheSumOfTheProject_andNoJobOfIt() throws Exception {
    assertThat(site.get(member, "/api/v1/usage?from=1h&groupBy=project").body()).contains(PROJECT);
    assertThat(site.get(member, "/api/v1/usage?from=1h&groupBy=user").body()).doesNotContain(USER);
    assertThat(site.get(member, "/api/v1/jobs?from=1h").body()).doesNotContain("zq4711");
    assertThat(site.get(member, JobPath.of(SITE, JOB)).status()).isEqualTo(404);
  }

  /** Nothing says whether the job exists: not the status, not the words. */
  @ParameterizedTest
  @ValueSource(strings = {"", "/power", "/power?from=1h", "/power?format=csv"})
  void aJobOfOthers_isAsOneThatThereIsNot(String part) throws Exception {
    for (String who : List.of(stranger, otherManager, member)) {
      ServedSite.Answer of = site.get(who, JobPath.of(SITE, JOB) + part);
      ServedSite.Answer none = site.get(who, JobPath.of(SITE, "zqcluster/zq4712") + part);
      assertThat(of.status()).as(of.body()).isEqualTo(404);
      assertThat(of.body()).isEqualTo(none.body().replace("zq4712", "zq4711"));
      assertThat(of.headers().map().keySet()).isEqualTo(none.headers().map().keySet());
    }
  }

  /** A cursor says where a page begins, not what may be seen. */
  @Test
  void aCursorOfSomebodyElse_grantsNothing() throws Exception {
    int followed = 0;
    for (String list :
        List.of(
            "/api/v1/jobs?limit=1",
            "/api/v1/jobs?limit=1&from=1h&sort=-energy",
            "/api/v1/jobs?limit=1&sort=start")) {
      JsonNode next = site.get(admin, list).json().path("next");
      for (int page = 0; next.isTextual() && page < 20; page++) {
        followed++;
        ServedSite.Answer answer = site.get(stranger, next.asText());
        assertThat(answer.status()).isIn(200, 400);
        assertThat(marks(answer.body())).isEmpty();
        next = site.get(admin, next.asText()).json().path("next");
      }
    }
    assertThat(followed).isPositive();
  }

  @Test
  void reports_showNothingOfOthers() throws Exception {
    JsonNode kinds = site.get(admin, "/api/v1/reports").json().path("kinds");
    assertThat(kinds).isNotEmpty();
    for (JsonNode kind : kinds) {
      for (String format : List.of("html", "json", "csv", "markdown", "focus")) {
        String place =
            "/api/v1/reports/%s?period=today&format=%s&project=%s&user=%s"
                .formatted(kind.path("name").asText(), format, PROJECT, USER);
        String all =
            "/api/v1/reports/%s?period=today&format=%s"
                .formatted(kind.path("name").asText(), format);
        for (String path : List.of(place, all)) {
          ServedSite.Answer answer = site.get(stranger, path);
          assertThat(answer.status()).as("%s: %s", path, answer.body()).isIn(200, 400, 403, 404);
          if (answer.status() == 200) {
            assertThat(marks(answer.body())).as(path).isEmpty();
          }
        }
      }
    }
  }

  // ---- who asks ----

  private int status(String... headers) throws Exception {
    List<String> lines = new ArrayList<>(List.of("GET /api/v1/me HTTP/1.1", "Host: 127.0.0.1"));
    lines.addAll(List.of(headers));
    RawRequest.Answer answer =
        RawRequest.send(site.port(), site.address(), lines.toArray(String[]::new));
    if (answer.status() != 200) {
      assertThat(answer.text()).doesNotContain("\"role\"", admin);
    }
    return answer.status();
  }

  @Test
  void tokensThatAreWrong_areRefused() throws Exception {
    TokenIssuer issuer = site.issuer;
    String good = issuer.token(TokenIssuer.claims("zjwt"));
    assertThat(status("Authorization: Bearer " + good)).isEqualTo(200);
    String claims = TokenIssuer.claims("zjwt");
    String[] parts = good.split("\\.");
    Map<String, String> attempts = new TreeMap<>();
    attempts.put(
        "expired",
        issuer.token(
            TokenIssuer.claims(
                "zjwt", TokenIssuer.URL, TokenIssuer.AUDIENCE, Duration.ofMinutes(-2))));
    attempts.put("unsigned", parts[0] + "." + parts[1] + ".");
    attempts.put("signature missing", parts[0] + "." + parts[1]);
    attempts.put("signature of another", parts[0] + "." + parts[1] + ".AAAA");
    attempts.put(
        "claims changed",
        parts[0]
            + "."
            + TokenIssuer.unsigned("{}", TokenIssuer.claims("admin")).split("\\.")[1]
            + "."
            + parts[2]);
    attempts.put("signed by another", new TokenIssuer().token(claims));
    attempts.put(
        "wrong audience",
        issuer.token(
            TokenIssuer.claims("zjwt", TokenIssuer.URL, "grafana", Duration.ofMinutes(5))));
    attempts.put(
        "wrong issuer",
        issuer.token(
            TokenIssuer.claims(
                "zjwt", "https://evil.example", TokenIssuer.AUDIENCE, Duration.ofMinutes(5))));
    attempts.put("HS256 with the public key", issuer.hmac(claims, issuer.publicKey()));
    attempts.put("HS256 with its PEM", issuer.hmac(claims, issuer.publicKeyPem().getBytes(UTF_8)));
    attempts.put("HS256 with the set of keys", issuer.hmac(claims, issuer.jwks().getBytes(UTF_8)));
    attempts.put("HS256 with an empty key", issuer.hmac(claims, new byte[1]));
    for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
      attempts.put("alg " + none, TokenIssuer.unsigned("{\"alg\":\"" + none + "\"}", claims) + ".");
    }
    attempts.put(
        "unknown key", issuer.token(TokenIssuer.HEADER.replace("\"k1\"", "\"k2\""), claims));
    attempts.put(
        "key id as a path",
        issuer.token(TokenIssuer.HEADER.replace("\"k1\"", "\"../../dev/null\""), claims));
    attempts.put(
        "critical",
        issuer.token(TokenIssuer.HEADER.replace("}", ",\"crit\":[\"x\"],\"x\":1}"), claims));
    attempts.put(
        "no expiry",
        issuer.token(
            "{\"iss\":\"%s\",\"aud\":\"joulestream\",\"preferred_username\":\"z\"}"
                .formatted(TokenIssuer.URL)));
    attempts.put("empty", "");
    attempts.put("a hash", "0".repeat(64));
    attempts.put("a token cut off", admin.substring(0, admin.length() - 1));
    attempts.put("a token and more", admin + "A");
    attempts.put("in capitals", admin.toUpperCase(Locale.ROOT));
    Map<String, Integer> taken = new TreeMap<>();
    for (Map.Entry<String, String> attempt : attempts.entrySet()) {
      int status = status("Authorization: Bearer " + attempt.getValue());
      if (status != 401) {
        taken.put(attempt.getKey(), status);
      }
    }
    assertThat(taken).isEmpty();
  }

  @Test
  void headersThatAreTricks_areRefused() throws Exception {
    String bearer = "Authorization: Bearer " + admin;
    List<List<String>> attempts =
        List.of(
            List.of(),
            List.of("Authorization: Basic YWRtaW46YWRtaW4="),
            List.of("Authorization: Bearer"),
            List.of("Authorization: " + admin),
            List.of(bearer, bearer),
            List.of(bearer, "Authorization: Bearer " + stranger),
            List.of("X-Forwarded-User: " + USER),
            List.of("x-forwarded-user: " + USER),
            List.of("X-Forwarded-User: " + USER, "X-Forwarded-For: " + ServedSite.TRUSTED),
            List.of("X-Forwarded-User: " + USER, "Forwarded: for=" + ServedSite.TRUSTED),
            List.of("X-Forwarded-User: " + USER, "X-Real-IP: " + ServedSite.TRUSTED),
            List.of("X-Forwarded-User: zstranger", "Authorization: Bearer " + stranger),
            List.of("X-Auth-Token: " + admin),
            List.of("X-Grafana-User: " + USER),
            List.of("Cookie: joulestream-session=" + admin),
            List.of("Cookie: joulestream-session=x"),
            List.of("Cookie: joulestream-session=x; joulestream-session=y"),
            List.of("Proxy-Authorization: Bearer " + admin));
    Map<String, Integer> taken = new TreeMap<>();
    for (List<String> attempt : attempts) {
      int status = status(attempt.toArray(String[]::new));
      if (status != 401) {
        taken.put(attempt.toString(), status);
      }
    }
    assertThat(taken).isEmpty();
    assertThat(site.get(admin, "/api/v1/me?token=" + admin).status()).isEqualTo(400);
  }

  private ServedSite.Answer fromTheProxy(String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(site.uri("/api/v1/me"));
    for (String header : headers) {
      String[] parts = header.split(": ", 2);
      request.header(parts[0], parts[1]);
    }
    return site.send(ServedSite.TRUSTED, request);
  }

  @Test
  void theProxysHeader_isTakenFromTheProxyAlone_andOnce() throws Exception {
    assertThat(fromTheProxy("X-Forwarded-User: zproxied").json().path("user").asText())
        .isEqualTo("zproxied");
    assertThat(fromTheProxy().status()).isEqualTo(401);
    assertThat(fromTheProxy("X-Forwarded-User: a", "X-Forwarded-User: b").status()).isEqualTo(401);
    assertThat(fromTheProxy("X-Forwarded-User: a, b").status()).isEqualTo(401);
    assertThat(
            fromTheProxy("X-Forwarded-User: zproxied", "Authorization: Bearer " + stranger)
                .status())
        .isEqualTo(401);
  }

  @Test
  void aSession_isAsItsToken_untilItIsClosed() throws Exception {
    HttpRequest.Builder open =
        HttpRequest.newBuilder(site.uri("/api/v1/session"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + stranger + "\"}"));
    ServedSite.Answer opened = site.send(site.address(), open);
    assertThat(opened.status()).as(opened.body()).isEqualTo(200);
    String cookie = opened.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Strict").doesNotContain(stranger);
    String session = cookie.replaceFirst(";.*", "");
    assertThat(status("Cookie: " + session)).isEqualTo(200);
    assertThat(status("Cookie: " + session, "Authorization: Bearer " + admin)).isEqualTo(401);
    ServedSite.Answer other =
        site.send(
            site.address(),
            HttpRequest.newBuilder(site.uri(JobPath.of(SITE, JOB))).header("Cookie", session));
    assertThat(other.status()).isEqualTo(404);
    ServedSite.Answer elsewhere =
        site.send(site.address(), open.copy().header("Sec-Fetch-Site", "cross-site"));
    assertThat(elsewhere.status()).isEqualTo(403);
    site.send(
        site.address(),
        HttpRequest.newBuilder(site.uri("/api/v1/session")).header("Cookie", session).DELETE());
    assertThat(status("Cookie: " + session)).isEqualTo(401);
  }

  // ---- paths ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/../v1/me",
        "/api/v1/./me",
        "/api/v1//me",
        "//api/v1/me",
        "/api/v1/me/",
        "/api/v1/me;x=y",
        "/api/v1/ME",
        "/API/v1/me",
        "/api/v1/%6de%00",
        "/api/v1/%2e%2e/v1/me",
        "/api/v1/..%2fv1/me",
        "/api/v1/..%5cv1/me",
        "/api/v1\\me",
        "/api/v1/jobs/simulated/zqcluster%2fzq4711",
        "/api/v1/jobs/simulated/zqcluster/zq4711%00",
        "/api/v1/jobs/simulated/zqcluster/zq4711/../zq4711",
        "/api/v1/jobs/simulated/zqcluster/%2e",
        "/api/v1/jobs/simulated/-/..",
        "/api/v1/jobs/simulated/%c0%af/zq4711",
        "/api/v1/jobs/simulated/zqcluster/zq4711%",
        "/api/v1/jobs/simulated/zqcluster/zq4711%zz",
        "/api/v1/reports/../../../../etc/passwd",
        "/api/v1/reports/..%2f..%2f..%2fetc%2fpasswd",
        "/../../etc/passwd",
        "/static/../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "http://127.0.0.1/api/v1/me/../jobs",
        "/%2e%2e/%2e%2e/etc/passwd",
        "*",
        "",
      })
  void pathsThatAreTricks_leadNowhere(String path) throws Exception {
    for (String who : List.of(stranger, admin)) {
      RawRequest.Answer answer =
          RawRequest.send(
              site.port(),
              site.address(),
              "GET " + path + " HTTP/1.1",
              "Host: 127.0.0.1",
              "Authorization: Bearer " + who);
      assertThat(answer.status()).as("%s: %s", path, answer.text()).isIn(0, 400, 404, 421, 505);
      assertThat(answer.text()).doesNotContain("root:", "milliwatts", "at io.", "at org.");
    }
  }

  @Test
  void methodsThatAreTricks_changeNothing() throws Exception {
    for (String method :
        List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "x")) {
      RawRequest.Answer answer =
          RawRequest.send(
              site.port(),
              site.address(),
              method + " /api/v1/jobs HTTP/1.1",
              "Host: 127.0.0.1",
              "Content-Length: 0",
              "Authorization: Bearer " + admin);
      assertThat(answer.status()).as(method).isIn(0, 400, 403, 404, 405, 501);
    }
    RawRequest.Answer override =
        RawRequest.send(
            site.port(),
            site.address(),
            "POST /api/v1/jobs HTTP/1.1",
            "Host: 127.0.0.1",
            "X-HTTP-Method-Override: GET",
            "Content-Length: 0",
            "Authorization: Bearer " + admin);
    assertThat(override.status()).isEqualTo(405);
  }
}
