// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static io.github.joulestream.serve.http.Answers.SITE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.tls.ClientAuthorities;
import io.github.joulestream.runtime.tls.MadeCertificate;
import io.github.joulestream.runtime.tls.ServerCertificate;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server with a certificate. */
class HttpTlsTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String REQUEST =
      "GET /api/v1/sites/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  @TempDir Path folder;

  private Path put(String name, MadeCertificate made) throws IOException {
    MadeCertificate.put(folder.resolve(name + ".key"), made.keyPem());
    return MadeCertificate.put(folder.resolve(name + ".pem"), made.certificatePem());
  }

  private TestServer server(@Nullable Path clientAuthorities) {
    HttpSettings plain = TestServer.settings(0, Set.of(), TestServer.LIMITS);
    ServerCertificate certificate =
        ServerCertificate.read(folder.resolve("server.pem"), folder.resolve("server.key"));
    return new TestServer(
        new HttpSettings(
            plain.address(),
            new HttpSettings.Tls(
                certificate,
                clientAuthorities == null ? null : ClientAuthorities.read(clientAuthorities)),
            Set.of(),
            0,
            TestServer.LIMITS),
        List.of(SITE));
  }

  private static SSLSocket connect(TestServer server, SSLContext context) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.server.port());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  private static String ask(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST.getBytes(UTF_8));
    return TestServer.rest(socket);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void tls_isServedWithPemFiles(String algorithm) throws Exception {
    Path trusted = put("server", MadeCertificate.valid(algorithm));
    SSLContext client = TrustedAuthorities.context(trusted);
    try (TestServer server = server(null)) {
      for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
        try (SSLSocket socket = connect(server, client)) {
          socket.setEnabledProtocols(new String[] {protocol});
          assertThat(ask(socket))
              .startsWith("HTTP/1.1 200 ")
              .contains("Strict-Transport-Security: max-age=");
        }
      }
    }
  }

  @Test
  void whatIsNotTlsOf2018_isRefused() throws Exception {
    SSLContext client = TrustedAuthorities.context(put("server", MadeCertificate.valid("EC")));
    try (TestServer server = server(null)) {
      assertThat(server.raw(REQUEST)).as("without TLS").doesNotContain("HTTP/1.1 200");
      try (Socket socket = server.connect()) {
        socket.getOutputStream().write(helloOfTls11());
        // an alert that is fatal: protocol_version
        assertThat(socket.getInputStream().readNBytes(7)).startsWith(21).endsWith(0, 2, 2, 70);
      }
      try (SSLSocket socket = connect(server, client)) {
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
      }
    }
  }

  /** A ClientHello, which the JDK's own client does not send any more. */
  private static byte[] helloOfTls11() {
    ByteBuffer hello = ByteBuffer.allocate(9 + 2 + 32 + 1 + 2 + 4 + 2);
    hello.put(new byte[] {22, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2});
    hello.put(new byte[32]).put((byte) 0);
    hello.put(new byte[] {0, 4, (byte) 0xc0, 0x09, (byte) 0xc0, 0x13, 1, 0});
    return hello.array();
  }

  @Test
  void aRenewedCertificate_isServedWithoutARestart() throws Exception {
    MadeCertificate first = MadeCertificate.valid("EC");
    MadeCertificate second = MadeCertificate.valid("RSA");
    put("server", first);
    Path both = folder.resolve("both.pem");
    Files.writeString(both, first.certificatePem() + second.certificatePem());
    try (TestServer server = server(null)) {
      assertThat(servedSerial(server, both)).isEqualTo(first.serial());
      put("server", second);
      long end = System.nanoTime() + LIMIT.toNanos();
      // it looks once a second
      while (servedSerial(server, both) != second.serial()) {
        assertThat(end - System.nanoTime()).isPositive();
      }
    }
  }

  private static int servedSerial(TestServer server, Path trusted) throws IOException {
    // a context of its own, or else the session before is resumed, with its certificate
    try (SSLSocket socket = connect(server, TrustedAuthorities.context(trusted))) {
      assertThat(ask(socket)).startsWith("HTTP/1.1 200 ");
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSerialNumber()
          .intValue();
    }
  }

  @Test
  void clientsOfOthers_areRefused_ifAuthoritiesAreNamed() throws Exception {
    Path trusted = put("server", MadeCertificate.valid("EC"));
    MadeCertificate authority = MadeCertificate.valid("EC");
    Path authorities = put("authority", authority);
    MadeCertificate known =
        authority.signs(Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400));
    MadeCertificate stranger = MadeCertificate.valid("EC");
    try (TestServer server = server(authorities)) {
      assertThat(answer(server, TrustedAuthorities.context(trusted))).isEqualTo("refused");
      assertThat(answer(server, stranger.client(trusted))).isEqualTo("refused");
      assertThat(answer(server, known.client(trusted))).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void authoritiesThatChange_countWithoutARestart_alsoForSessionsOfBefore() throws Exception {
    Path trusted = put("server", MadeCertificate.valid("EC"));
    MadeCertificate first = MadeCertificate.valid("EC");
    MadeCertificate second = MadeCertificate.valid("EC");
    Path authorities = put("authority", first);
    Instant begin = Instant.now().minusSeconds(60);
    // each keeps its sessions, and resumes them
    SSLContext ofFirst = first.signs(begin, begin.plusSeconds(86_400)).client(trusted);
    SSLContext ofSecond = second.signs(begin, begin.plusSeconds(86_400)).client(trusted);
    try (TestServer server = server(authorities)) {
      assertThat(answer(server, ofFirst)).startsWith("HTTP/1.1 200 ");
      assertThat(answer(server, ofSecond)).isEqualTo("refused");
      put("authority", second);
      long end = System.nanoTime() + LIMIT.toNanos();
      // it looks once a second
      while (answer(server, ofSecond).equals("refused")) {
        assertThat(end - System.nanoTime()).isPositive();
      }
      assertThat(answer(server, ofFirst)).isEqualTo("refused");
      // what cannot be used changes nothing
      MadeCertificate.put(authorities, "half of it");
      assertThat(answer(server, ofSecond)).startsWith("HTTP/1.1 200 ");
    }
  }

  private static String answer(TestServer server, SSLContext client) throws IOException {
    try (SSLSocket socket = connect(server, client)) {
      String answer = ask(socket);
      return answer.startsWith("HTTP/") ? answer : "refused";
    } catch (IOException e) {
      // TLS 1.3 refuses a client after its own side is done
      return "refused";
    }
  }
}
