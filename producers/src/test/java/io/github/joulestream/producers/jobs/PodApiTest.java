// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API server that says too much, or never comes to an end. */
class PodApiTest {
  private static final int MOST_BYTES = 16 << 20;

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch done = new CountDownLatch(1);
  private HttpServer server;
  private volatile Answer answer = _ -> {};

  private interface Answer {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            answer.write(exchange.getResponseBody());
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    done.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private Map<String, PodApi.Pod> read(Duration timeout) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "secret");
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new PodApi(address, "n1", null, token, timeout).read().join();
  }

  /** A list of one pod, with blanks before it up to a length. */
  private static byte[] padded(int length) {
    byte[] json =
        "{\"items\": [{\"metadata\": {\"namespace\": \"a\", \"name\": \"p\"}}]}".getBytes(UTF_8);
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) ' ');
    System.arraycopy(json, 0, bytes, length - json.length, json.length);
    return bytes;
  }

  @Test
  void aListOfAFullNode_isRead_andALongerOneIsNot() throws Exception {
    answer = out -> out.write(padded(MOST_BYTES));
    assertThat(read(Duration.ofMinutes(1))).containsOnlyKeys("a/p");
    answer = out -> out.write(padded(MOST_BYTES + 1));
    assertThatThrownBy(() -> read(Duration.ofMinutes(1))).hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void anAnswerWithoutEnd_isGivenUp() {
    answer =
        out -> {
          while (true) {
            out.write(' ');
          }
        };
    assertThatThrownBy(() -> read(Duration.ofMinutes(1))).hasRootCauseInstanceOf(IOException.class);
  }

  /** Its head came in time: else no pod would have labels until the agent starts anew. */
  @Test
  void anAnswerThatStopsHalfWay_isGivenUp() {
    answer =
        out -> {
          out.write("{\"items\": [".getBytes(UTF_8));
          out.flush();
          done.await();
        };
    assertThatThrownBy(() -> read(Duration.ofMillis(500)))
        .hasRootCauseInstanceOf(TimeoutException.class);
  }
}
