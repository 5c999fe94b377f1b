// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.tls.MadeCertificate;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a program with the heap of an agent holds that answers on its health port. */
@Execution(ExecutionMode.CONCURRENT) // a process for each
class HealthServerLimitsTest {
  private static final int HALF_OPEN = 1_000;
  private static final int LARGE = 100;
  private static final int HEADER_BYTES = 340_000;
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  private final List<Socket> sockets = new ArrayList<>();
  private HttpClient http = client().build();
  private String scheme = "http";
  private Process child;
  private int port;

  private static HttpClient.Builder client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5));
  }

  @BeforeEach
  void start() throws Exception {
    start(List.of());
  }

  private void start(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "deploy", "jvm", "agent.jvm"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SmallHeapMain.class.getName());
    command.addAll(arguments);
    child = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.matches("\\d+")) {
      line = lines.readLine(); // warnings of the JVM
    }
    assertThat(line).isNotNull();
    port = Integer.parseInt(line);
    awaitHealth();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    http.shutdownNow();
    child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  private boolean health() throws InterruptedException {
    try {
      URI url = URI.create("%s://127.0.0.1:%d/health".formatted(scheme, port));
      HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends this on a connection of its own, which stays open. */
  private void send(byte[] beginning) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      sockets.add(socket);
      socket.getOutputStream().write(beginning);
    } catch (IOException e) {
      // it was closed at once, as it should be
    }
  }

  private static byte[] headers(int bytes) {
    StringBuilder text = new StringBuilder("GET /health HTTP/1.1\r\nHost: x\r\n");
    Random random = new Random(1);
    while (text.length() < bytes) {
      text.append("X-%d: ".formatted(random.nextInt())).append("y".repeat(1_000)).append("\r\n");
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private void awaitHealth() throws InterruptedException {
    long end = System.nanoTime() + ANSWERS_WITHIN.toNanos();
    while (!health()) {
      assertThat(child.isAlive()).as("exit status %s", child).isTrue();
      assertThat(end - System.nanoTime()).as("it answers").isPositive();
      LockSupport.parkNanos(200_000_000);
    }
    assertThat(child.isAlive()).isTrue();
  }

  @Test
  void aThousandHalfSentRequestsDoNotEndIt() throws Exception {
    byte[] half = "GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ".getBytes(ISO_8859_1);
    for (int i = 0; i < HALF_OPEN; i++) {
      send(half);
    }
    awaitHealth();
  }

  @Test
  void aThousandConnectionsThatSayNothingDoNotEndIt() throws Exception {
    for (int i = 0; i < HALF_OPEN; i++) {
      send(new byte[0]);
    }
    awaitHealth();
  }

  @Test
  void largeHeadersDoNotEndIt() throws Exception {
    byte[] large = headers(HEADER_BYTES);
    byte[] half = "GET /he".getBytes(ISO_8859_1);
    for (int i = 0; i < LARGE; i++) {
      send(large);
      for (int j = 0; j < HALF_OPEN / LARGE; j++) {
        send(half);
      }
    }
    awaitHealth();
  }

  @Test
  void aRequestLineWithoutEndDoesNotEndIt() throws Exception {
    byte[] line = ("GET /" + "a".repeat(5_000_000)).getBytes(ISO_8859_1);
    for (int i = 0; i < 10; i++) {
      send(line);
    }
    awaitHealth();
  }

  @Test
  void whoReadsNoAnswerDoesNotEndIt() throws Exception {
    byte[] many = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000).getBytes(ISO_8859_1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                  socket.getOutputStream().write(many);
                  Thread.sleep(60_000);
                } catch (IOException | InterruptedException e) {
                  // it was cut off, as it should be
                }
              }));
    }
    awaitHealth();
    threads.forEach(Thread::interrupt);
  }

  @Test
  void aThousandHalfHandshakesDoNotEndIt(@TempDir Path folder) throws Exception {
    stop();
    MadeCertificate made = MadeCertificate.valid("EC");
    Path certificate = Files.writeString(folder.resolve("cert.pem"), made.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), made.keyPem());
    http = client().sslContext(TrustedAuthorities.context(certificate)).build();
    scheme = "https";
    start(List.of(certificate.toString(), key.toString()));
    byte[] hello = clientHello();
    for (int i = 0; i < HALF_OPEN; i++) {
      send(hello);
    }
    awaitHealth();
    for (int i = 0; i < HALF_OPEN; i++) {
      send(Arrays.copyOf(hello, hello.length / 2));
    }
    awaitHealth();
  }

  /** What a client of TLS 1.3 sends first. */
  private static byte[] clientHello() throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("127.0.0.1", 1);
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }
}
