// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.joulestream.energy.Bounds;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final int MAX_BYTES = 16 << 20;

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
    return new PodApi(address, "n1", null, token, timeout).read(Set.of("a/p", "b/q")).join();
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
    answer = out -> out.write(padded(MAX_BYTES));
    assertThat(read(Duration.ofMinutes(1))).containsOnlyKeys("a/p");
    answer = out -> out.write(padded(MAX_BYTES + 1));
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

  private Map<String, PodApi.Pod> read(String json) throws IOException {
    answer =
        out -> {
          // in pieces, wherever they are cut
          for (byte one : json.getBytes(UTF_8)) {
            out.write(one);
          }
        };
    return read(Duration.ofMinutes(1));
  }

  @Test
  void ofAList_whatWasAskedForIsKept() throws Exception {
    String finished = "{'state': {'terminated': {'exitCode': 0, 'finishedAt': '%s'}}}";
    String other = "{'metadata': {'name': 'other', 'namespace': 'a', 'labels': {'x': 'y'}}},";
    String full =
        """
        {'kind': 'PodList', 'metadata': {'name': 'list', 'resourceVersion': '1'}, 'items': [
         %s
         {'metadata': {'annotations': {'labels': 'no', 'deep': '%s'}, 'labels': {'team': 'röd', 'n': 7, 'none': null},
            'name': 'p', 'namespace': 'a', 'creationTimestamp': '2026-11-25T00:41:01Z',
            'ownerReferences': [{'name': 'wrong', 'labels': {'wrong': 'wrong'}}]},
          'spec': {'name': 'wrong', 'containers': [{'name': 'c', 'state': {'terminated': {'finishedAt': 'x'}}}]},
          'status': {'phase': 'Succeeded', 'initContainerStatuses': [{'state': {'running': {}}}],
            'containerStatuses': [%s, %s]}},
         {'metadata': {'name': 'q', 'namespace': 'b'}, 'status': {'phase': 'Failed',
            'containerStatuses': [%s, {'state': {'running': {}}}]}}]}
        """
            .formatted(
                other.repeat(200),
                "d".repeat(300_000),
                finished.formatted("2026-11-25T01:00:00Z"),
                finished.formatted("2026-11-25T02:00:00Z"),
                finished.formatted("yesterday"))
            .replace('\'', '"');
    assertThat(read(full))
        .isEqualTo(
            Map.of(
                "a/p",
                new PodApi.Pod(
                    Map.of("team", "röd", "n", "7", "none", ""),
                    "Succeeded",
                    Instant.parse("2026-11-25T00:41:01Z").toEpochMilli(),
                    Instant.parse("2026-11-25T02:00:00Z").toEpochMilli()),
                "b/q",
                new PodApi.Pod(Map.of(), "Failed", 0, 0)));
    for (String bad :
        List.of(full.strip().substring(0, full.length() / 2), "[".repeat(5_000), "no")) {
      assertThatThrownBy(() -> read(bad))
          .as(bad.substring(0, 2))
          .hasRootCauseInstanceOf(IOException.class);
    }
    assertThat(read("{}")).isEmpty();
    assertThat(read("")).isEmpty();
  }

  @Test
  void labelsWithoutNumber_areKeptWithinBounds() throws Exception {
    StringBuilder labels = new StringBuilder("\"l\": \"v\"");
    for (int i = 0; i < 50_000; i++) {
      labels.append(", \"l%d\": \"%s\"".formatted(i, "v".repeat(60)));
    }
    Map<String, PodApi.Pod> found =
        read(
            "{\"items\": [{\"metadata\": {\"labels\": {%s}, \"namespace\": \"a\", \"name\": \"p\"}}]}"
                .formatted(labels));
    assertThat(requireNonNull(found.get("a/p")).labels())
        .hasSize(Bounds.LABELS)
        .containsEntry("l", "v");
  }
}
