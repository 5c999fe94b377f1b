// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Stands before a real store, and passes on what it is asked, or not. Reads always pass. */
final class FaultyStore implements AutoCloseable {
  /** What becomes of a write. */
  enum Mode {
    PASS,
    /** 503 with {@code Retry-After}. */
    UNAVAILABLE,
    /** 429 with {@code Retry-After}. */
    TOO_MANY,
    /** The store has it, but the answer says 503. */
    STORED_BUT_503,
    /** The store has it, but the connection ends before the answer. */
    STORED_BUT_CUT
  }

  private final URI store;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Long> writes = new CopyOnWriteArrayList<>();
  private @Nullable HttpServer server;
  private volatile Mode mode = Mode.PASS;
  private volatile int retryAfterSeconds = 1;

  FaultyStore(URI store) throws IOException {
    this.store = store;
    this.port = open(0);
  }

  private int open(int wantedPort) throws IOException {
    HttpServer opened =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort), 0);
    opened.setExecutor(threads);
    opened.createContext("/", this::handle);
    opened.start();
    server = opened;
    return opened.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  void become(Mode mode) {
    this.mode = mode;
  }

  void retryAfterSeconds(int seconds) {
    retryAfterSeconds = seconds;
  }

  /** Nobody listens any more. */
  void disappear() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  void comeBack() throws IOException {
    open(port);
  }

  /** When writes were asked for, whatever became of them; monotonic, ns. */
  List<Long> writes() {
    return List.copyOf(writes);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean write = exchange.getRequestURI().getPath().endsWith("/write");
      Mode now = write ? mode : Mode.PASS;
      if (write) {
        writes.add(System.nanoTime());
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      switch (now) {
        case PASS -> {
          HttpResponse<byte[]> answer = pass(exchange, body);
          answer
              .headers()
              .map()
              .forEach((name, values) -> {
                if (name.startsWith("x-influxdb") || name.equals("content-type")) {
                  values.forEach(value -> exchange.getResponseHeaders().add(name, value));
                }
              });
          answer(exchange, answer.statusCode(), answer.body());
        }
        case UNAVAILABLE -> retryLater(exchange, 503);
        case TOO_MANY -> retryLater(exchange, 429);
        case STORED_BUT_503 -> {
          pass(exchange, body);
          retryLater(exchange, 503);
        }
        case STORED_BUT_CUT -> pass(exchange, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(store.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
      request.header("Content-Type", type);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private void retryLater(HttpExchange exchange, int status) throws IOException {
    exchange.getResponseHeaders().add("Retry-After", Integer.toString(retryAfterSeconds));
    answer(
        exchange,
        status,
        "{\"error\":\"not now\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    disappear();
    threads.shutdownNow();
    http.close();
  }
}
