// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Sessions;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.store.history.TooManyRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.UUID;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests: checks them, finds their routes, and writes what those answer. */
final class ApiHandler extends Handler.Abstract {
  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);
  private static final Duration STORE_PAUSE = Duration.ofSeconds(5);
  private static final int BURST_SECONDS = 4;
  private static final int FAILURES_AT_ONCE = 30;

  /** An eighth of what is answered at once in all. */
  static final int AT_ONCE_OF_ONE = 64;

  private static final Duration AT_ONCE_PAUSE = Duration.ofSeconds(1);
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
  private static final Viewer NOBODY = new Viewer("", Role.USER, new TreeSet<>());

  private final Router router;
  private final Access access;
  private final Set<String> hosts;
  private final RateLimit requests;
  private final RateLimit failures;
  private final AtOnce atOnce = new AtOnce(AT_ONCE_OF_ONE);
  private final AnswerWriter writer;
  private final SlowConnections slow;
  private final HttpCounts counts;
  private final NanoClock clock;

  ApiHandler(
      HttpSettings settings,
      Router router,
      Access access,
      AnswerWriter writer,
      SlowConnections slow,
      HttpCounts counts,
      NanoClock clock) {
    this.router = router;
    this.access = access;
    this.hosts = settings.hosts();
    int perSecond = settings.requestsPerSecond();
    this.requests = new RateLimit(perSecond, Math.max(1, perSecond * BURST_SECONDS), clock);
    this.failures = new RateLimit(1, FAILURES_AT_ONCE, clock);
    this.writer = writer;
    this.slow = slow;
    this.counts = counts;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    long began = clock.nanos();
    slow.begun(request);
    String path = String.valueOf(request.getHttpURI().getPath());
    SecurityHeaders.put(response.getHeaders(), path, request.isSecure());
    String route = "(none)";
    int status;
    boolean stream = false;
    String counted = null;
    try {
      checkHost(request);
      Router.Match match = found(request, path, response);
      route = match.route().path();
      checkOrigin(request);
      String peer = peer(request).getAddress().getHostAddress();
      Credentials credentials = credentials(request);
      Visibility visibility = visibility(credentials, match.route());
      Viewer viewer = visibility.viewer();
      String who = viewer.name().isEmpty() ? viewer.role() + "@" + peer : "/" + viewer.name();
      limit(who);
      if (!match.route().open()) {
        begin(who);
        counted = who;
      }
      SortedMap<String, List<String>> values =
          QueryText.read(request.getHttpURI().getQuery(), match.route());
      String format =
          Formats.chosen(
              match.route(),
              values.getOrDefault("format", List.of()).stream()
                  .filter(text -> !text.isEmpty())
                  .findFirst(),
              request.getHeaders().getValuesList(HttpHeader.ACCEPT));
      ReceivedRequest received = new ReceivedRequest(request, match, values, format, visibility);
      Answer answer = match.route().endpoint().answer(received);
      stream = answer.content() instanceof Answer.Events;
      if (stream) {
        slow.streams(request);
      }
      Asker asker = new Asker(who, viewer, credentials, access);
      endAfterUnread(request, response);
      status = writer.write(answer, received, asker, response, callback);
    } catch (Problem e) {
      status =
          problem(e.status() == 401 ? unknown(request, e) : e, path, request, response, callback);
    } catch (TooManyRows e) {
      status =
          problem(
              Problem.of(
                  422,
                  "Too much at once",
                  "the answer has more than %,d rows; ask for a shorter range or for less"
                      .formatted(e.most())),
              path,
              request,
              response,
              callback);
    } catch (UncheckedIOException e) {
      log.info("{} cannot be answered now: {}", route, String.valueOf(e.getMessage()));
      log.debug("Why {} cannot be answered", route, e);
      status =
          problem(
              Problem.unavailable("the store cannot be reached, or did not answer", STORE_PAUSE),
              path,
              request,
              response,
              callback);
    } catch (IOException | RuntimeException | Error e) {
      status = failed(e, route, path, request, response, callback);
    } finally {
      if (counted != null) {
        atOnce.end(counted);
      }
    }
    counts.request(route, status);
    long micros = (clock.nanos() - began) / 1_000;
    if (!stream) {
      counts.duration(micros);
    }
    log.debug("{} {} {} {} us", request.getMethod(), path, status, micros);
    return true;
  }

  /** A page of another name that resolves to this machine must not get at what it serves. */
  private void checkHost(Request request) throws Problem {
    if (hosts.isEmpty()) {
      return;
    }
    List<String> values = request.getHeaders().getValuesList(HttpHeader.HOST);
    String host = values.size() == 1 ? values.getFirst().toLowerCase(Locale.ROOT) : "";
    if (!hosts.contains(host.replaceFirst(":\\d{1,5}$", ""))) {
      counts.refused("host");
      throw Problem.of(
          421,
          "Misdirected request",
          "without tokens this server answers to the names %s alone"
              .formatted(String.join(", ", new TreeSet<>(hosts))));
    }
  }

  private Router.Match found(Request request, String path, Response response) throws Problem {
    try {
      Optional<Router.Match> match = router.find(request.getMethod(), path);
      if (match.isEmpty()) {
        throw Problem.notFound("there is nothing at this path");
      }
      return match.get();
    } catch (Router.WrongMethod e) {
      response.getHeaders().put(HttpHeader.ALLOW, e.allow());
      Problem problem =
          Problem.of(405, "Method not allowed", "this path takes %s".formatted(e.allow()));
      problem.addSuppressed(e);
      throw problem;
    }
  }

  /** Pages of other sites must not change anything through a browser that has a session here. */
  private void checkOrigin(Request request) throws Problem {
    if (!WRITES.contains(request.getMethod())) {
      return;
    }
    String site = request.getHeaders().get("Sec-Fetch-Site");
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    String host = request.getHeaders().get(HttpHeader.HOST);
    // a proxy can change Host, and nobody but the browser Sec-Fetch-Site
    boolean elsewhere =
        site != null
            ? !OWN_SITE.contains(site)
            : origin != null
                && !origin.equals("http://" + host)
                && !origin.equals("https://" + host);
    if (elsewhere) {
      counts.refused("origin");
      throw Problem.of(403, "Forbidden", "this may be asked for by this site's own page alone");
    }
  }

  private static Credentials credentials(Request request) {
    HttpFields headers = request.getHeaders();
    return new Credentials(peer(request), new SentHeaders(headers), session(request));
  }

  private Visibility visibility(Credentials credentials, Route route) throws Problem {
    try {
      Viewer viewer = access.viewer(credentials);
      return new Visibility(viewer, access.sitesForAll());
    } catch (Access.Refusal e) {
      if (route.open()) {
        return new Visibility(NOBODY, false);
      }
      Problem problem = Problem.of(401, "Not authenticated", String.valueOf(e.getMessage()));
      problem.addSuppressed(e);
      throw problem;
    }
  }

  /** Whoever tries credentials one after another has to wait soon. */
  private Problem unknown(Request request, Problem problem) {
    counts.refused("credentials");
    Duration wait = failures.take(peer(request).getAddress().getHostAddress());
    return wait.isZero()
        ? problem
        : Problem.tooMany("too many requests without valid credentials", wait);
  }

  private static InetSocketAddress peer(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer
        ? peer
        : new InetSocketAddress("0.0.0.0", 0);
  }

  /** Value of the page's cookie; empty if it is absent, or there are several. */
  private static String session(Request request) {
    List<String> values =
        Request.getCookies(request).stream()
            .filter(cookie -> cookie.getName().equals(Sessions.COOKIE))
            .map(HttpCookie::getValue)
            .toList();
    return values.size() == 1 ? values.getFirst() : "";
  }

  private void limit(String who) throws Problem {
    Duration wait = requests.take(who);
    if (!wait.isZero()) {
      counts.refused("rate");
      throw Problem.tooMany("you ask more often than is allowed", wait);
    }
  }

  private void begin(String who) throws Problem {
    if (!atOnce.begin(who)) {
      counts.refused("at-once");
      throw Problem.tooMany(
          "%d of your requests are being answered".formatted(AT_ONCE_OF_ONE), AT_ONCE_PAUSE);
    }
  }

  private static int problem(
      Problem problem, String path, Request request, Response response, Callback callback) {
    endAfterUnread(request, response);
    response.setStatus(problem.status());
    ProblemText.put(problem, response.getHeaders());
    byte[] body = ProblemText.body(problem, path);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return problem.status();
  }

  private static int failed(
      Throwable failure,
      String route,
      String path,
      Request request,
      Response response,
      Callback callback) {
    if (response.isCommitted()) {
      // the client sees that the body is cut off
      log.info("An answer of {} ended early: {}", route, String.valueOf(failure));
      callback.failed(failure);
      return response.getStatus();
    }
    String id = UUID.randomUUID().toString();
    log.error("Request {} of {} failed", id, route, failure);
    response.getHeaders().remove(HttpHeader.CONTENT_LENGTH);
    response.getHeaders().remove(HttpHeader.ETAG);
    return problem(
        Problem.of(500, "Internal error", "it is in the log of the server as " + id),
        path,
        request,
        response,
        callback);
  }

  /**
   * The connection ends with the answer if the body was not read to its end: what is left of it is
   * not a request. The header says so, or the client may send its next request on that connection.
   */
  private static void endAfterUnread(Request request, Response response) {
    if (!request.consumeAvailable()) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    }
  }
}
