// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers as documented by versions that a test cannot start; says 404 to what it was not told. */
final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /**
   * @param headers name, value, name, value ...
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Reply(int status, String body, String... headers) {}

  ScriptedServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  /** To requests of this method and path, such as {@code GET /ping}. */
  ScriptedServer reply(String request, int status, String body, String... headers) {
    replies.put(request, new Reply(status, body, headers));
    return this;
  }

  /** {@code METHOD /path?query authorization body}. */
  List<String> requests() {
    return requests;
  }

  InfluxAddress address(String token) {
    return new InfluxAddress(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()), token, "site");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      requests.add(
          "%s?%s %s %s"
              .formatted(
                  request,
                  exchange.getRequestURI().getQuery(),
                  exchange.getRequestHeaders().getFirst("Authorization"),
                  body));
      Reply reply = replies.getOrDefault(request, new Reply(404, "{\"message\":\"not found\"}"));
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      for (int i = 0; i < reply.headers.length; i += 2) {
        exchange.getResponseHeaders().add(reply.headers[i], reply.headers[i + 1]);
      }
      byte[] answer = reply.body.getBytes(UTF_8);
      exchange.sendResponseHeaders(reply.status, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
