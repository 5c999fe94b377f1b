// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamedBodyTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final HttpEndpoint endpoint;

  StreamedBodyTest() throws IOException {
    server.setExecutor(Thread::startVirtualThread);
    server.start();
    endpoint =
        new HttpEndpoint(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            HttpEndpoint.Limits.DEFAULT);
  }

  @AfterEach
  void stop() {
    endpoint.close();
    server.stop(0);
  }

  @FunctionalInterface
  private interface Body {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  private InputStream get(Duration longestPause, Body body) throws IOException {
    server.createContext(
        "/",
        exchange -> {
          try (HttpExchange open = exchange) {
            open.sendResponseHeaders(200, 0);
            body.write(open.getResponseBody());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return endpoint
        .send(endpoint.request("/x").GET().build(), StreamedBody.of(longestPause), LONG)
        .body();
  }

  @Test
  void allBytes_arriveInTheirOrder() throws IOException {
    byte[] sent = new byte[3_000_000];
    new Random(1).nextBytes(sent);
    try (InputStream body = get(LONG, out -> out.write(sent))) {
      assertThat(body.read()).isEqualTo(sent[0] & 0xff);
      assertThat(body.read(new byte[0])).isZero();
      assertThat(body.readAllBytes()).isEqualTo(Arrays.copyOfRange(sent, 1, sent.length));
      assertThat(body.read()).isEqualTo(-1);
      assertThat(body.read(new byte[5])).isEqualTo(-1);
    }
  }

  @Test
  void anEmptyBody_hasEnded() throws IOException {
    try (InputStream body = get(LONG, _ -> {})) {
      assertThat(body.read()).isEqualTo(-1);
    }
  }

  @Test
  void aPauseThatIsTooLong_endsIt_andAShorterOneDoesNot() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (InputStream body =
        get(
            Duration.ofMillis(700),
            out -> {
              out.write("first".getBytes(US_ASCII));
              out.flush();
              TimeUnit.MILLISECONDS.sleep(50);
              out.write("second".getBytes(US_ASCII));
              out.flush();
              end.await();
            })) {
      assertThat(body.readNBytes(11)).isEqualTo("firstsecond".getBytes(US_ASCII));
      assertThatThrownBy(body::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nothing more arrived for");
    } finally {
      end.countDown();
    }
  }

  /** Of a body that nobody reads, little is taken from the network. */
  @Test
  void whatIsNotRead_isNotSent() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch ended = new CountDownLatch(1);
    byte[] block = new byte[1 << 20];
    InputStream body =
        get(
            LONG,
            out -> {
              try {
                for (int i = 0; i < 1_000; i++) {
                  out.write(block);
                  sent.incrementAndGet();
                }
              } finally {
                ended.countDown();
              }
            });
    assertThat(body.readNBytes(1 << 20)).hasSize(1 << 20);
    // closing it ends the server's write, which waits in the midst of a gigabyte
    body.close();
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(sent.get()).isLessThan(200);
    assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasMessage("closed");
  }
}
