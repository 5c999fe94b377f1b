// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Sessions;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionApiTest {
  private static final Viewer ALICE = new Viewer("alice", Role.USER, new TreeSet<>(List.of("p1")));

  private final List<String> closed = new ArrayList<>();

  private final Sessions sessions =
      new Sessions() {
        @Override
        public Opened open(String token) throws Access.Refusal {
          if (!token.equals("good")) {
            throw new Access.Refusal("the token is not known");
          }
          return new Opened("secret-id", ALICE, 300);
        }

        @Override
        public void close(String id) {
          closed.add(id);
        }
      };

  private final Access access =
      new Access() {
        @Override
        public Viewer viewer(Credentials credentials) {
          throw new AssertionError("sessions are opened by a token of the body");
        }

        @Override
        public boolean sitesForAll() {
          return false;
        }

        @Override
        public String describe() {
          return "tokens";
        }
      };

  private record Sent(Map<String, String> headers, String text) implements ApiRequest {
    @Override
    public Visibility visibility() {
      throw new AssertionError("nobody is known yet");
    }

    @Override
    public String path(String variable) {
      throw new AssertionError(variable);
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.empty();
    }

    @Override
    public List<String> parameters(String name) {
      return List.of();
    }

    @Override
    public SortedMap<String, String> parametersWith(String prefix) {
      return new TreeMap<>();
    }

    @Override
    public String format() {
      return "json";
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public byte[] body() {
      return text.getBytes(UTF_8);
    }

    @Override
    public URI uri() {
      return URI.create("/api/v1/session");
    }
  }

  private Answer answer(String method, boolean tls, Map<String, String> headers, String body)
      throws Problem {
    Route route =
        new SessionApi(access, sessions, tls)
            .routes().stream().filter(each -> each.method().equals(method)).findFirst().get();
    assertThat(route.path()).isEqualTo("/api/v1/session");
    assertThat(route.open()).isTrue();
    return route.endpoint().answer(new Sent(headers, body));
  }

  private Problem problem(String method, Map<String, String> headers, String body) {
    return catchThrowableOfType(Problem.class, () -> answer(method, false, headers, body));
  }

  private static final Map<String, String> JSON =
      Map.of("Content-Type", "application/json; charset=utf-8");

  @Test
  void aToken_isExchangedForACookie_thatScriptsAndOtherSitesDoNotHave() throws Problem {
    Answer answer = answer("POST", false, JSON, "{\"token\":\"good\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.cookie())
        .isEqualTo("joulestream-session=secret-id; Path=/; Max-Age=300; HttpOnly; SameSite=Strict");
    assertThat(((Answer.Json) answer.content()).value())
        .hasToString(
            "MeAnswer[user=alice, role=user, projects=[p1], seesAllJobs=false, seesSites=false,"
                + " access=tokens, version="
                + io.github.joulestream.runtime.Version.CURRENT
                + "]");
  }

  @Test
  void behindTls_theCookieStaysThere() throws Problem {
    assertThat(answer("POST", true, JSON, "{\"token\":\"good\"}").cookie()).endsWith("; Secure");
    Map<String, String> proxied =
        Map.of("Content-Type", "application/json", "X-Forwarded-Proto", "https");
    assertThat(answer("POST", false, proxied, "{\"token\":\"good\"}").cookie())
        .endsWith("; Secure");
  }

  @Test
  void aWrongToken_opensNothing() {
    Problem problem = problem("POST", JSON, "{\"token\":\"guess\"}");
    assertThat(problem.status()).isEqualTo(401);
    assertThat(problem.detail()).isEqualTo("the token is not known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "good",
        "[]",
        "null",
        "{}",
        "\"good\"",
        "{\"token\":null}",
        "{\"token\":7}",
        "{\"token\":\"good\",\"role\":\"admin\"}",
        "{\"token\":\"bad\",\"token\":\"good\"}",
        "{\"token\":\"good\"} {}",
        "{\"token\":\"good\"",
      })
  void anotherBody_isRefused(String body) {
    Problem problem = problem("POST", JSON, body);
    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.detail()).doesNotContain("good");
  }

  @Test
  void pagesOfOtherSites_openAndCloseNothing() {
    for (String site : List.of("cross-site", "same-site", "x")) {
      Map<String, String> headers =
          Map.of("Content-Type", "application/json", "Sec-Fetch-Site", site);
      assertThat(problem("POST", headers, "{\"token\":\"good\"}").status()).isEqualTo(403);
      assertThat(problem("DELETE", headers, "").status()).isEqualTo(403);
    }
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "")) {
      assertThat(problem("POST", Map.of("Content-Type", type), "{\"token\":\"good\"}").status())
          .isEqualTo(415);
    }
    assertThat(closed).isEmpty();
  }

  @Test
  void closing_endsTheSession_andTakesTheCookie() throws Problem {
    Answer answer =
        answer(
            "DELETE",
            false,
            Map.of(
                "Cookie", "theme=dark; joulestream-session=secret-id; x-joulestream-session=y",
                "Sec-Fetch-Site", "same-origin"),
            "");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(closed).containsExactly("secret-id");
    assertThat(answer.cookie()).startsWith("joulestream-session=; Path=/; Max-Age=0;");
    assertThat(answer("DELETE", false, Map.of(), "").status()).isEqualTo(204);
    assertThat(closed).hasSize(1);
  }
}
