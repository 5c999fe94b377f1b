// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

/** An HTTP server that takes what it is sent, or says that it does not. */
final class Inbox implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<Letter> letters = new CopyOnWriteArrayList<>();

  /** What its next answer is; only what it answers with 200 it has taken. */
  private volatile IntSupplier status = () -> 200;

  /** What came. */
  record Letter(String path, Headers headers, String body, int answer, long epochMillis) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException(body, e);
      }
    }
  }

  Inbox() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          int answer = status.getAsInt();
          letters.add(
              new Letter(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders(),
                  body,
                  answer,
                  System.currentTimeMillis()));
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void answer(IntSupplier answers) {
    status = answers;
  }

  /** All that it said yes to, in order. */
  List<Letter> taken() {
    return letters.stream().filter(letter -> letter.answer() == 200).toList();
  }

  /** Of Alertmanager's messages: receiver, scope, severity and state of each alert in them. */
  List<String> heard() {
    List<String> heard = new ArrayList<>();
    for (Letter letter : taken()) {
      for (JsonNode alert : letter.json().get("alerts")) {
        heard.add(
            "%s %s %s %s"
                .formatted(
                    letter.path(),
                    alert.at("/labels/scope").asText(),
                    alert.at("/labels/severity").asText(),
                    alert.get("status").asText()));
      }
    }
    return heard;
  }

  List<Letter> all() {
    return letters;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
