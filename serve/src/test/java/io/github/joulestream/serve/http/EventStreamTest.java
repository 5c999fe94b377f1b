// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event streams over a real server. */
@Timeout(60)
class EventStreamTest {
  /** Keeps the sinks of all that are open. */
  private static final class Source implements EventSource {
    private final Map<Sink, String> open = new ConcurrentHashMap<>();
    private final List<Sink> sinks = new ArrayList<>();

    @Override
    public synchronized AutoCloseable open(String lastEventId, Sink sink) {
      open.put(sink, lastEventId);
      sinks.add(sink);
      return () -> open.remove(sink);
    }

    private synchronized Sink sink(int index) {
      return sinks.get(index);
    }

    private synchronized int opened() {
      return sinks.size();
    }
  }

  private final Source source = new Source();
  private final Route route =
      Route.get("/api/v1/live/{site}", Set.of(), r -> Answer.of(new Answer.Events(source)));

  private static HttpSettings settings(int streams, int perViewer, int queued, int heartbeat) {
    return TestServer.settings(
        0,
        Set.of(),
        new HttpSettings.Limits(500, streams, perViewer, queued, 20_000, 60_000, heartbeat));
  }

  private static Socket open(TestServer server, String... headers) throws IOException {
    Socket socket = server.connect();
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1/live/dc1 HTTP/1.1\r\nHost: a\r\n" + String.join("", headers) + "\r\n")
                .getBytes(UTF_8));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  /** Lines up to one that is this; fails at the end of the stream. */
  private static List<String> until(BufferedReader in, String last) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = in.readLine();
      assertThat(line).as("after " + lines).isNotNull();
      lines.add(line);
      if (line.equals(last)) {
        return lines;
      }
    }
  }

  /** Until the server's threads have done something; fails if they do not. */
  private static void await(BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void events_arriveInOrder_withIdsAndNames() throws Exception {
    try (TestServer server = new TestServer(List.of(route));
        Socket socket = open(server, "Last-Event-ID: 41\r\n")) {
      BufferedReader in = reader(socket);
      List<String> head = until(in, "");
      assertThat(head)
          .contains(
              "HTTP/1.1 200 OK",
              "Content-Type: text/event-stream",
              "Cache-Control: no-store",
              "X-Accel-Buffering: no");
      assertThat(String.join("", head)).doesNotContain("Content-Encoding");
      await(() -> source.opened() == 1);
      EventSource.Sink sink = source.sink(0);
      assertThat(source.open).containsValue("41");
      assertThat(sink.send("42", "site", "{\"a\":1}".getBytes(UTF_8))).isTrue();
      assertThat(sink.send("", "nodes", "é".getBytes(UTF_8))).isTrue();
      until(in, "retry: 3000");
      assertThat(until(in, "data: {\"a\":1}")).containsSubsequence("id: 42", "event: site");
      assertThat(until(in, "data: é")).contains("event: nodes").noneMatch(l -> l.startsWith("id:"));
      await(() -> !sink.isBehind());
      assertThat(server.counts.sentEventBytes()).isGreaterThan(50);
      assertThat(server.counts.streams()).isEqualTo(1);
      sink.close();
      until(in, "0");
      await(() -> source.open.isEmpty() && server.counts.streams() == 0);
      assertThat(sink.send("", "site", new byte[0])).isFalse();
    }
  }

  @Test
  void lines_inEvents_areRefused() throws Exception {
    try (TestServer server = new TestServer(List.of(route));
        Socket _ = open(server)) {
      await(() -> source.opened() == 1);
      EventSource.Sink sink = source.sink(0);
      assertThatThrownBy(() -> sink.send("", "site", "a\n\nevent: x".getBytes(UTF_8)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> sink.send("1\n", "site", new byte[0]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void heartbeats_keepAQuietStream() throws Exception {
    try (TestServer server = new TestServer(settings(50, 50, 64 << 10, 100), List.of(route));
        Socket socket = open(server)) {
      BufferedReader in = reader(socket);
      until(in, ":");
      until(in, ":");
      assertThat(server.counts.streams()).isEqualTo(1);
    }
  }

  @Test
  void clients_thatDoNotRead_areDropped_andOthersAreNotHindered() throws Exception {
    try (TestServer server = new TestServer(settings(50, 50, 256 << 10, 15_000), List.of(route));
        Socket slow = new Socket()) {
      slow.setReceiveBufferSize(4 << 10);
      slow.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.server.port()));
      slow.getOutputStream()
          .write("GET /api/v1/live/dc1 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      await(() -> source.opened() == 1);
      try (Socket fast = open(server)) {
        await(() -> source.opened() == 2);
        CountDownLatch all = new CountDownLatch(1);
        Thread.ofVirtual()
            .start(() -> {
              try {
                until(reader(fast), "data: end");
                all.countDown();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
        byte[] frame = "x".repeat(50_000).getBytes(UTF_8);
        boolean slowOpen = true;
        for (int i = 0; i < 200 && slowOpen; i++) {
          slowOpen = source.sink(0).send("", "site", frame);
          assertThat(source.sink(1).send("", "site", frame)).isTrue();
          await(() -> !source.sink(1).isBehind());
        }
        assertThat(slowOpen).isFalse();
        assertThat(source.sink(1).send("", "site", "end".getBytes(UTF_8))).isTrue();
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.counts.droppedClients()).isEqualTo(1);
        await(() -> source.open.size() == 1);
        assertThat(server.counts.streams()).isEqualTo(1);
      }
    }
  }

  @Test
  void clients_thatTakeNothingForTwoHeartbeats_areDropped() throws Exception {
    try (TestServer server = new TestServer(settings(50, 50, 64 << 20, 100), List.of(route));
        Socket slow = open(server)) {
      await(() -> source.opened() == 1);
      source.sink(0).send("", "site", "x".repeat(20_000_000).getBytes(UTF_8));
      await(() -> server.counts.droppedClients() == 1);
      await(() -> source.open.isEmpty());
      assertThat(slow.isConnected()).isTrue();
    }
  }

  @Test
  void clients_thatAreGone_areNoticed() throws Exception {
    try (TestServer server = new TestServer(settings(50, 50, 64 << 10, 50), List.of(route))) {
      try (Socket gone = open(server)) {
        until(reader(gone), "retry: 3000");
      }
      await(() -> source.opened() == 1 && source.open.isEmpty());
      await(() -> server.counts.streams() == 0);
      assertThat(server.counts.droppedClients()).isZero();
    }
  }

  @Test
  void streams_areBounded_inAllAndForAViewer() throws Exception {
    try (TestServer server = new TestServer(settings(3, 2, 64 << 10, 15_000), List.of(route));
        Socket _ = open(server, "X-Test-User: ann\r\n");
        Socket _ = open(server, "X-Test-User: ann\r\n")) {
      await(() -> source.opened() == 2);
      HttpResponse<String> third = server.get("/api/v1/live/dc1", "X-Test-User", "ann");
      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.headers().firstValue("Retry-After")).isPresent();
      try (Socket ben = open(server, "X-Test-User: ben\r\n")) {
        until(reader(ben), "retry: 3000");
        assertThat(server.get("/api/v1/live/dc1", "X-Test-User", "cat").statusCode())
            .isEqualTo(503);
      }
      source.sink(0).close();
      await(() -> server.counts.streams() <= 2);
      try (Socket again = open(server, "X-Test-User: ann\r\n")) {
        until(reader(again), "retry: 3000");
      }
    }
  }

  @Test
  void streams_endWithTheTokenThatOpenedThem_andThoseOfOthersDoNot() throws Exception {
    try (TestServer server = new TestServer(settings(50, 50, 64 << 10, 100), List.of(route));
        Socket ended = open(server, "X-Test-User: ann\r\n");
        Socket other = open(server, "X-Test-User: bob\r\n")) {
      BufferedReader ofAnn = reader(ended);
      BufferedReader ofBob = reader(other);
      // several checks pass while both hold
      for (int i = 0; i < 4; i++) {
        until(ofAnn, ":");
        until(ofBob, ":");
      }
      server.ended.add("ann");
      assertThat(until(ofAnn, "0")).contains("event: bye");
      await(() -> server.counts.streams() == 1);
      until(ofBob, ":");
      until(ofBob, ":");
      assertThat(server.counts.streams()).isEqualTo(1);
    }
  }

  @Test
  void head_opensNoStream() throws Exception {
    try (TestServer server = new TestServer(List.of(route))) {
      HttpResponse<String> head = server.send("HEAD", "/api/v1/live/dc1", "");
      assertThat(head.headers().firstValue("Content-Type")).contains("text/event-stream");
      assertThat(source.opened()).isZero();
    }
  }

  @Test
  void close_saysBye() throws Exception {
    TestServer server = new TestServer(List.of(route));
    try (Socket socket = open(server)) {
      BufferedReader in = reader(socket);
      until(in, "retry: 3000");
      server.close();
      assertThat(until(in, "data: {}")).contains("event: bye");
      until(in, "0");
      await(() -> source.open.isEmpty());
    }
  }

  @Test
  void manyStreams_holdNoThreads() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = new TestServer(settings(500, 500, 64 << 10, 15_000), List.of(route))) {
      int before = Thread.activeCount();
      for (int i = 0; i < 250; i++) {
        sockets.add(open(server));
      }
      await(() -> source.opened() == 250);
      assertThat(Thread.activeCount()).isLessThan(before + 15);
      for (int i = 0; i < 250; i++) {
        assertThat(source.sink(i).send("", "site", "{}".getBytes(UTF_8))).isTrue();
      }
      for (Socket socket : sockets) {
        until(reader(socket), "data: {}");
      }
      assertThat(server.get("/nothing").statusCode()).isEqualTo(404);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
