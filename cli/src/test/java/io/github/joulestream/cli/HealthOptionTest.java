// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.tls.MadeCertificate;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HealthOptionTest {
  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  private static AutoCloseable open(HealthOption option) {
    return option.open(new Metrics(), () -> Health.GOOD);
  }

  @Test
  void withoutAnOptionTheProgramsOwnPortIsOpened() throws Exception {
    int port = free();
    try (AutoCloseable _ = open(new HealthOption(port))) {
      assertThat(answers(port)).isTrue();
      // a second one of a sort goes without
      open(new HealthOption(port)).close();
      assertThat(answers(port)).isTrue();
    }
    assertThat(answers(port)).isFalse();
  }

  @Test
  void aPortThatWasNamedAndIsTakenIsAnError() throws Exception {
    int port = free();
    try (AutoCloseable _ = open(new HealthOption(port))) {
      HealthOption named = new HealthOption(free());
      named.port = Integer.toString(port);
      assertThatThrownBy(() -> open(named)).isInstanceOf(UserError.class);
    }
  }

  @Test
  void offOpensNone() throws Exception {
    int port = free();
    for (String off : new String[] {"off", "none", "OFF"}) {
      HealthOption option = new HealthOption(port);
      option.port = off;
      try (AutoCloseable _ = open(option)) {
        assertThat(answers(port)).isFalse();
      }
    }
  }

  @Test
  void whatIsNoPortIsAnErrorOfUsage() {
    for (String bad : new String[] {"-1", "65536", "99999", "http", ""}) {
      HealthOption option = new HealthOption(0);
      option.port = bad;
      assertThatThrownBy(() -> open(option))
          .as(bad)
          .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue());
    }
  }

  @Test
  @Timeout(300)
  void theHealth_isServedWithTls_andMetricsForAToken(@TempDir Path folder) throws Exception {
    MadeCertificate made = MadeCertificate.valid("EC");
    int port = free();
    HealthOption option = new HealthOption(port);
    option.certificate = Files.writeString(folder.resolve("cert.pem"), made.certificatePem());
    assertThatThrownBy(() -> open(option)).hasMessageContaining("take each other");
    option.key = Files.writeString(folder.resolve("key.pem"), made.keyPem());
    option.tokenFile = Files.writeString(folder.resolve("token"), "sesame");
    try (HttpClient client =
            HttpClient.newBuilder()
                .sslContext(TrustedAuthorities.context(option.certificate))
                .build();
        AutoCloseable _ = open(option)) {
      assertThat(ask(client, port, "/health", "none").body()).isEqualTo("ok\n");
      assertThat(ask(client, port, "/metrics", "none").statusCode()).isEqualTo(401);
      assertThat(ask(client, port, "/metrics", "sesame").body())
          .contains("joulestream_metrics_certificate_end_timestamp_seconds ");
      // without TLS it answers nobody
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write("GET /health HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
        assertThat(new String(rest(socket), US_ASCII)).doesNotContain("ok");
      }
      // half of a renewal
      MadeCertificate.put(option.key, MadeCertificate.valid("EC").keyPem());
      while (!ask(client, port, "/ready", "sesame").body().contains("is still served")) {
        assertThat(ask(client, port, "/ready", "sesame").statusCode()).isEqualTo(200);
      }
    }
  }

  private static byte[] rest(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      return new byte[0]; // reset
    }
  }

  private static HttpResponse<String> ask(HttpClient client, int port, String path, String token)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(port, path)))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
