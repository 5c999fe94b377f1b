// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** A server on a free port, and clients of it. */
final class TestServer implements AutoCloseable {
  static final HttpSettings.Limits LIMITS =
      new HttpSettings.Limits(200, 50, 50, 64 << 10, 20_000, 60_000, 15_000);

  final HttpCounts counts = new HttpCounts();

  /** Users whose tokens do not hold any more. */
  final Set<String> ended = ConcurrentHashMap.newKeySet();

  final HttpServer server;
  final HttpClient client = HttpClient.newHttpClient();

  TestServer(List<Route> routes) {
    this(settings(0, Set.of(), LIMITS), routes);
  }

  TestServer(HttpSettings settings, List<Route> routes) {
    server = HttpServer.start(settings, new HeaderAccess(), routes, counts, NanoClock.system());
  }

  static HttpSettings settings(int perSecond, Set<String> hosts, HttpSettings.Limits limits) {
    return new HttpSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, hosts, perSecond, limits);
  }

  /** Believes a header; without it a viewer, and with {@code none} nobody. */
  private final class HeaderAccess implements Access {
    @Override
    public Viewer viewer(Credentials credentials) throws Refusal {
      List<String> users = credentials.headers().values("X-Test-User");
      if (users.contains("none") || ended.stream().anyMatch(users::contains)) {
        throw new Refusal("no token");
      }
      return users.isEmpty()
          ? new Viewer("", Role.VIEWER, new TreeSet<>())
          : new Viewer(users.getFirst(), Role.USER, new TreeSet<>());
    }

    @Override
    public boolean sitesForAll() {
      return true;
    }

    @Override
    public String describe() {
      return "a test";
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends bytes as they are; what is answered until the connection ends. */
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return rest(socket);
    }
  }

  /** All that comes until the end, which may be abrupt. */
  static String rest(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (java.net.SocketException e) {
      all.writeBytes(("<" + e.getMessage() + ">").getBytes(UTF_8));
    }
    return all.toString(UTF_8);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
