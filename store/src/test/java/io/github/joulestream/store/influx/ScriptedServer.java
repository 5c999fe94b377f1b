// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Answers as documented by versions that a test cannot start; 404 to all other requests. */
final class ScriptedServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

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

  /**
   * A request that was made.
   *
   * @param target method and path
   */
  record Request(String target, Map<String, String> parameters, String authorization, String body) {
    /** The body as JSON. */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + body, e);
      }
    }
  }

  /** All requests in their order. */
  List<Request> requests() {
    return requests;
  }

  /** The requests of this method and path. */
  List<Request> requests(String target) {
    return requests.stream().filter(request -> request.target().equals(target)).toList();
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query != null && !query.isEmpty()) {
      for (String parameter : query.split("&", -1)) {
        int equals = parameter.indexOf('=');
        parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
      }
    }
    return parameters;
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
          new Request(
              request,
              parameters(exchange.getRequestURI().getQuery()),
              String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
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
