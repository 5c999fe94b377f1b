// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static io.github.joulestream.serve.http.Answers.SITE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server with a certificate. */
class HttpTlsTest {
  @Test
  void tls_isServedWithPemFiles(@TempDir Path folder) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret1",
                "-keystore",
                folder.resolve("store").toString())
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(folder.resolve("store"))) {
      store.load(in, "secret1".toCharArray());
    }
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    Files.writeString(certificate, pem("CERTIFICATE", store.getCertificate("a").getEncoded()));
    Files.writeString(
        key, pem("PRIVATE KEY", store.getKey("a", "secret1".toCharArray()).getEncoded()));
    HttpSettings plain = TestServer.settings(0, Set.of(), TestServer.LIMITS);
    HttpSettings settings =
        new HttpSettings(
            plain.address(),
            new HttpSettings.Tls(certificate, key),
            Set.of(),
            0,
            TestServer.LIMITS);
    javax.net.ssl.TrustManagerFactory trust =
        javax.net.ssl.TrustManagerFactory.getInstance(
            javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    javax.net.ssl.SSLContext context = javax.net.ssl.SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (TestServer server = new TestServer(settings, List.of(SITE));
        java.net.Socket socket =
            context.getSocketFactory().createSocket("127.0.0.1", server.server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/sites/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      assertThat(TestServer.rest(socket))
          .startsWith("HTTP/1.1 200 ")
          .contains("Strict-Transport-Security: max-age=");
    }
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, java.util.Base64.getMimeEncoder().encodeToString(bytes), what);
  }
}
