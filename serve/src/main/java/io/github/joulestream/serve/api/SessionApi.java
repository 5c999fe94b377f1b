// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Sessions;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The page's session: a token is exchanged for a cookie that scripts cannot read and that other
 * sites cannot send. These are the only requests that change anything, so they are taken from the
 * page itself and from programs, not from pages of other sites.
 */
public final class SessionApi {
  private static final String PATH = "/api/v1/session";
  private static final Set<String> OWN = Set.of("same-origin", "none");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Access access;
  private final Sessions sessions;
  private final boolean tls;

  /**
   * @param tls whether the server itself speaks TLS; a proxy's is known by its header
   */
  public SessionApi(Access access, Sessions sessions, boolean tls) {
    this.access = access;
    this.sessions = sessions;
    this.tls = tls;
  }

  /** Opens and closes sessions. */
  public List<Route> routes() {
    return List.of(
        new Route("POST", PATH, Set.of(), true, this::open),
        new Route("DELETE", PATH, Set.of(), true, this::close));
  }

  private Answer open(ApiRequest request) throws Problem {
    requireOwnPage(request);
    String type = request.header("Content-Type").orElse("").replaceFirst(";.*$", "").strip();
    // a form of another site cannot send this type
    if (!type.equalsIgnoreCase("application/json")) {
      throw Problem.of(415, "Another type is needed", "The body is application/json.");
    }
    String token = token(request.body());
    try {
      Sessions.Opened opened = sessions.open(token);
      Visibility visibility = new Visibility(opened.viewer(), access.sitesForAll());
      return new Answer(
          200,
          new Answer.Json(MeAnswer.of(visibility, access.describe())),
          null,
          null,
          cookie(request, opened.id(), opened.seconds()));
    } catch (Access.Refusal e) {
      throw Problem.of(401, "Not known", String.valueOf(e.getMessage()));
    }
  }

  private static String token(byte[] body) throws Problem {
    try {
      JsonNode json = JSON.readTree(body);
      JsonNode token = json == null ? null : json.get("token");
      if (json != null
          && json.isObject()
          && json.size() == 1
          && token != null
          && token.isTextual()) {
        return token.asText();
      }
      throw badBody();
    } catch (JacksonException e) {
      throw badBody(); // its words repeat parts of the token
    } catch (IOException e) {
      throw new IllegalStateException("bytes were not read", e);
    }
  }

  private static Problem badBody() {
    return Problem.of(400, "The body is wrong", "The body is {\"token\": \"...\"} and no more.");
  }

  private Answer close(ApiRequest request) throws Problem {
    requireOwnPage(request);
    for (String part : request.header("Cookie").orElse("").split(";", -1)) {
      String[] pair = part.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equals(Sessions.COOKIE)) {
        sessions.close(pair[1]);
      }
    }
    return new Answer(204, new Answer.None(), null, null, cookie(request, "", 0));
  }

  /** Browsers say where a request comes from (Fetch Metadata); programs say nothing. */
  private static void requireOwnPage(ApiRequest request) throws Problem {
    String site = request.header("Sec-Fetch-Site").orElse("none");
    if (!OWN.contains(site)) {
      throw Problem.of(403, "From another site", "Sessions are opened by this site's own page.");
    }
  }

  private String cookie(ApiRequest request, String id, long seconds) {
    // whoever invents this header has a cookie less, so it need not be a trusted peer's
    boolean secure =
        tls || request.header("X-Forwarded-Proto").orElse("").equalsIgnoreCase("https");
    return String.format(
        Locale.ROOT,
        "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
        Sessions.COOKIE,
        id,
        seconds,
        secure ? "; Secure" : "");
  }
}
