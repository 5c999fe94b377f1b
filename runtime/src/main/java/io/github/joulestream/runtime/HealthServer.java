// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A port with the state of a program: {@code /metrics} for Prometheus; {@code /health}, 200 while
 * the program is alive and 503 when a restart may help; {@code /ready}, 200 only while it does all
 * its work, so 503 also while it starts or restores state. It only answers; nothing can be changed
 * through it.
 *
 * <p>It needs a small heap whatever connects: of connections that are over the limit each is closed
 * at once, and of the others each that does not send its request, or take its answer, within a few
 * seconds. These limits are those of the JDK's server, so they hold for all such servers of the
 * process; a system property of the JDK's that is set at the start goes before.
 */
public final class HealthServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_IDLE_CONNECTIONS = 16;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int REQUEST_SECONDS = 3;
  private static final int RESPONSE_SECONDS = 20;
  private static final int IDLE_SECONDS = 10;
  private static final int CHECK_MILLIS = 1_000;

  static {
    // the JDK reads them when its first server is made
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxIdleConnections", MAX_IDLE_CONNECTIONS);
    limit("sun.net.httpserver.maxReqHeaders", MAX_HEADERS);
    limit("sun.net.httpserver.maxReqHeaderSize", MAX_HEADER_BYTES);
    limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
    limit("sun.net.httpserver.idleInterval", IDLE_SECONDS);
    limit("sun.net.httpserver.clockTick", CHECK_MILLIS);
  }

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String PLAIN = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final @Nullable BearerFile token;
  // a thread for each connection, of which there are few: a slow reader hinders no other
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /**
   * What strangers are kept out by.
   *
   * @param tls null: http
   * @param token file with the token that {@code /metrics} asks for; null: none is needed. {@code
   *     /health} and {@code /ready} need none, as probes have none to send: without it their answer
   *     has no reason
   */
  public record Protection(@Nullable Tls tls, @Nullable Path token) {
    public static final Protection NONE = new Protection(null, null);
  }

  /** A certificate, and what is taken of TLS. */
  public record Tls(SSLContext context, SSLParameters parameters) {}

  private HealthServer(
      HttpServer server, Metrics metrics, Supplier<Health> health, @Nullable Path tokenFile) {
    this.server = server;
    this.token = tokenFile == null ? null : new BearerFile(tokenFile);
    server.setExecutor(threads);
    server.createContext(
        "/metrics",
        exchange -> {
          if (isKnown(exchange)) {
            answer(exchange, 200, PROMETHEUS, metrics.text());
          } else {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            answer(exchange, 401, PLAIN, "a token is needed: Authorization: Bearer ...\n");
          }
        });
    server.createContext("/health", exchange -> answer(exchange, health.get(), Health::ok));
    server.createContext("/ready", exchange -> answer(exchange, health.get(), Health::ready));
    server.createContext(
        "/", exchange -> answer(exchange, 404, PLAIN, "/metrics, /health or /ready\n"));
  }

  private boolean isKnown(HttpExchange exchange) {
    return token == null || token.isSentIn(exchange.getRequestHeaders().get("Authorization"));
  }

  private void answer(HttpExchange exchange, Health now, Predicate<Health> isGood)
      throws IOException {
    boolean good = isGood.test(now);
    String words = isKnown(exchange) ? now.words() : good ? "ok" : "not now";
    answer(exchange, good ? 200 : 503, PLAIN, words + "\n");
  }

  /** Opens the port on the loopback address, where this machine alone can ask. */
  public static HealthServer start(int port, Metrics metrics, Supplier<Health> health) {
    return start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        Protection.NONE,
        metrics,
        health);
  }

  /**
   * Opens the port.
   *
   * @param address port 0 for any free one
   * @throws UserError if it is taken, or no address of this machine, or there is no token in its
   *     file
   */
  public static HealthServer start(
      InetSocketAddress address, Protection protection, Metrics metrics, Supplier<Health> health) {
    if (address.isUnresolved()) {
      throw UserError.usage("--metrics-address %s is not known".formatted(address.getHostString()));
    }
    try {
      HttpServer server = create(address, protection.tls());
      HealthServer started = new HealthServer(server, metrics, health, protection.token());
      server.start();
      return started;
    } catch (IOException e) {
      throw new UserError(
          "--metrics-port %d cannot be opened on %s: %s; choose another, or 0 for any free one"
              .formatted(address.getPort(), address.getHostString(), e.getMessage()),
          e);
    }
  }

  private static HttpServer create(InetSocketAddress address, @Nullable Tls tls)
      throws IOException {
    if (tls == null) {
      return HttpServer.create(address, 0);
    }
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            parameters.setSSLParameters(tls.parameters());
          }
        });
    return server;
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] bytes = text.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      if (method.equals("HEAD")) {
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
