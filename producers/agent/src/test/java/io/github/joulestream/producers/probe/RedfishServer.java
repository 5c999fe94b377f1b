// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A controller that speaks HTTPS, with a certificate that nobody signed. */
final class RedfishServer implements AutoCloseable {
  /** By path; a path that is not here is not found. */
  final Map<String, String> resources = new ConcurrentHashMap<>();

  /** From a path to where it leads. */
  final Map<String, String> redirects = new ConcurrentHashMap<>();

  /** Paths that were asked for. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  volatile @Nullable String user;
  volatile @Nullable CountDownLatch slow;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  RedfishServer(SSLContext certificate) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI address() {
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  RedfishServer with(String path, String json) {
    resources.put(path, json);
    return this;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      asked.add(path);
      CountDownLatch held = slow;
      if (held != null) {
        held.await();
      }
      String body = resources.get(path);
      String location = redirects.get(path);
      String wanted = user;
      if (wanted != null
          && !wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
      } else if (location != null) {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(308, -1);
      } else if (body == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  static SSLContext certificate(Path folder) throws Exception {
    Path store = folder.resolve("controller.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret",
                "-alias",
                "controller",
                "-keyalg",
                "EC",
                "-dname",
                "CN=someone else")
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "secret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** Answers no more; who is held is let go. */
  @Override
  public void close() {
    CountDownLatch held = slow;
    if (held != null) {
      held.countDown();
    }
    server.stop(0);
    threads.shutdownNow();
  }
}
