// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  @TempDir Path folder;

  private Path certificate;
  private Path key;
  private Instant wall = NOW;
  private long nanos;

  @BeforeEach
  void files() {
    certificate = folder.resolve("cert.pem");
    key = folder.resolve("key.pem");
  }

  private static MadeCertificate days(int from, int to) {
    return MadeCertificate.of("EC", NOW.plus(Duration.ofDays(from)), NOW.plus(Duration.ofDays(to)));
  }

  private void put(MadeCertificate made) throws IOException {
    MadeCertificate.put(certificate, made.certificatePem());
    MadeCertificate.put(key, made.keyPem());
  }

  private ServerCertificate read() {
    return new ServerCertificate(certificate, key, () -> wall.toEpochMilli(), () -> nanos);
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(this::read)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aCertificateAndItsKey_areRead_whateverIsBesideThem(String algorithm) throws IOException {
    MadeCertificate made =
        MadeCertificate.of(algorithm, NOW.minusSeconds(10), NOW.plus(Duration.ofDays(30)));
    String both = "a remark\n" + made.keyPem() + "another\n" + made.certificatePem();
    Files.writeString(certificate, both.replace("\n", "\r\n"));
    Files.writeString(key, both);
    ServerCertificate served = read();
    assertThat(served.endEpochSeconds())
        .isEqualTo((double) NOW.plus(Duration.ofDays(30)).getEpochSecond());
    assertThat(served.with(Health.GOOD)).isEqualTo(Health.GOOD);
  }

  @Test
  void aKeyOfAnotherCertificate_isRefused() throws IOException {
    put(days(-1, 30));
    MadeCertificate.put(key, days(-1, 30).keyPem());
    assertRefused("is not that of the first certificate in " + certificate);
    // of another kind
    MadeCertificate.put(key, MadeCertificate.valid("Ed25519").keyPem());
    assertRefused("is not that of the first certificate in " + certificate);
    // the chain begins with its authority
    MadeCertificate authority = days(-1, 30);
    MadeCertificate made = authority.signs(NOW.minusSeconds(1), NOW.plusSeconds(9));
    MadeCertificate.put(certificate, authority.certificatePem() + made.certificatePem());
    MadeCertificate.put(key, made.keyPem());
    assertRefused("is not that of the first certificate in " + certificate);
    MadeCertificate.put(certificate, made.certificatePem() + authority.certificatePem());
    assertThat(read().endEpochSeconds()).isEqualTo((double) NOW.plusSeconds(9).getEpochSecond());
  }

  @Test
  void oneThatIsNotValidNow_isRefused_withTheTime() throws IOException {
    put(days(-30, -1));
    assertRefused("has expired: it was valid until 2026-10-31T12:00:00Z; renew it");
    put(days(1, 30));
    assertRefused("is valid from 2026-11-02T12:00:00Z only; is the clock of this machine right?");
  }

  @Test
  void whatIsNoPem_isRefused_withWhatToDo() throws IOException {
    MadeCertificate made = days(-1, 30);
    put(made);
    MadeCertificate.put(certificate, "not a certificate");
    assertRefused(certificate + " has no certificate in PEM");
    MadeCertificate.put(certificate, MadeCertificate.pem("CERTIFICATE", new byte[] {48, 3, 2, 1}));
    assertRefused(certificate + " has a certificate that cannot be read");
    put(made);
    MadeCertificate.put(key, made.keyPem().replace("PRIVATE", "EC PRIVATE"));
    assertRefused("but a block EC PRIVATE KEY; convert it with: openssl pkcs8 -topk8 -nocrypt");
    MadeCertificate.put(key, made.keyPem().replace("PRIVATE", "ENCRYPTED PRIVATE"));
    assertRefused("but a block ENCRYPTED PRIVATE KEY");
    MadeCertificate.put(key, MadeCertificate.pem("PRIVATE KEY", new byte[] {48, 3, 2, 1, 0}));
    assertRefused("neither RSA, EC nor Ed25519");
    MadeCertificate.put(key, "");
    assertRefused(key.toString());
    Files.delete(key);
    assertRefused("there is no file " + key);
    MadeCertificate.put(key, made.keyPem());
    Files.delete(certificate);
    assertRefused("there is no file " + certificate);
  }

  @Test
  void filesThatChange_areReadAgain_andBadOnesLeaveTheOneBefore() throws IOException {
    put(days(-1, 30));
    ServerCertificate served = read();
    double first = served.endEpochSeconds();
    MadeCertificate next = days(-1, 60);
    MadeCertificate.put(certificate, next.certificatePem());
    assertThat(served.endEpochSeconds()).as("looked at once a second").isEqualTo(first);
    nanos += TimeUnit.SECONDS.toNanos(1);
    // half of it is there
    assertThat(served.endEpochSeconds()).isEqualTo(first);
    Health health = served.with(Health.GOOD);
    assertThat(health.ready()).isTrue();
    assertThat(health.words())
        .startsWith("ok; the certificate before is still served: the key in " + key);
    assertThat(served.with(Health.bad("stuck")).words()).startsWith("stuck; the certificate");
    MadeCertificate.put(key, next.keyPem());
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(served.endEpochSeconds() - first)
        .isEqualTo((double) Duration.ofDays(30).toSeconds());
    assertThat(served.with(Health.GOOD)).isEqualTo(Health.GOOD);
    Files.delete(certificate);
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(served.with(Health.GOOD).words()).contains("there is no file " + certificate);
    MadeCertificate.put(certificate, next.certificatePem());
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(served.with(Health.GOOD)).isEqualTo(Health.GOOD);
  }

  @Test
  void oneThatEndsSoon_orHasEnded_isInTheHealth() throws IOException {
    put(days(-1, 99));
    ServerCertificate served = read();
    wall = NOW.plus(Duration.ofDays(79)).minusSeconds(1);
    assertThat(served.with(Health.GOOD)).isEqualTo(Health.GOOD);
    wall = wall.plusSeconds(2);
    assertThat(served.with(Health.GOOD).words())
        .isEqualTo("ok; the certificate in %s ends on 2027-02-08T12:00:00Z".formatted(certificate));
    wall = NOW.plus(Duration.ofDays(100));
    assertThat(served.with(Health.GOOD).words()).contains("has expired on 2027-02-08T12:00:00Z");
    assertThat(served.with(Health.GOOD).ok()).isTrue();
  }

  @Test
  void parameters_areThoseOfTls12And13_withForwardSecrecyAlone() throws IOException {
    put(days(-1, 30));
    SSLParameters parameters = ServerCertificate.parameters(read().context(null));
    assertThat(parameters.getProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(parameters.getCipherSuites())
        .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
        .allMatch(suite -> suite.matches(".*(GCM|CHACHA20).*"))
        .noneMatch(suite -> suite.matches("TLS_(RSA|DHE|ECDH)_.*"));
  }

  @Test
  void authorities_areThoseOfTheFileAlone() throws IOException {
    Files.writeString(folder.resolve("ca"), "nothing");
    assertThatThrownBy(() -> TrustedAuthorities.context(folder.resolve("ca")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no certificate in PEM");
  }

  @Test
  void authoritiesOfClients_areReadAgain_andABadFileIsInTheHealth() throws IOException {
    put(days(-1, 30));
    ClientAuthorities authorities = new ClientAuthorities(certificate, () -> nanos);
    MadeCertificate.put(certificate, "half of it");
    assertThat(authorities.with(Health.GOOD)).as("looked at once a second").isEqualTo(Health.GOOD);
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(authorities.with(Health.GOOD).words())
        .startsWith("ok; the authorities of clients before still count: " + certificate)
        .contains("has no certificate in PEM");
    assertThat(authorities.with(Health.GOOD).ready()).isTrue();
    put(days(-1, 60));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(authorities.with(Health.GOOD)).isEqualTo(Health.GOOD);
  }
}
