// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a server, out of PEM files that are read again when they change, so that a
 * renewed one is served without a restart. Whether they have is looked at when a connection comes
 * or the health is asked for, once a second at most. Files that cannot be used leave the one before
 * in place: that is logged, and part of the health. Safe for many threads.
 */
public final class ServerCertificate {
  private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

  /** Of its lifetime: whoever renews does it earlier, so with less left something is wrong. */
  private static final int LEFT_WARNED = 5;

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private final Path certificate;
  private final EpochClock wall;
  private final ReloadedFiles<ServerIdentity> files;
  private final AtomicInteger reads = new AtomicInteger();

  /**
   * Reads it.
   *
   * @param certificate PEM, with its chain, its own first
   * @param key PEM, PKCS #8, not encrypted; RSA, EC or Ed25519
   * @throws UserError if a file cannot be used, with the reason
   */
  public static ServerCertificate read(Path certificate, Path key) {
    return new ServerCertificate(certificate, key, EpochClock.system(), NanoClock.system());
  }

  ServerCertificate(Path certificate, Path key, EpochClock wall, NanoClock clock) {
    this.certificate = certificate;
    this.wall = wall;
    this.files =
        new ReloadedFiles<>(
            List.of(certificate, key),
            () ->
                ServerIdentity.read(
                    "server" + reads.incrementAndGet(),
                    certificate,
                    key,
                    Instant.ofEpochMilli(wall.epochMillis())),
            read ->
                log.info(
                    "{} has changed and is served; it is valid until {}",
                    certificate,
                    ServerIdentity.shown(read.end())),
            "the certificate before is still served",
            clock);
  }

  private Instant now() {
    return Instant.ofEpochMilli(wall.epochMillis());
  }

  private ServerIdentity current() {
    return files.current();
  }

  private @Nullable ServerIdentity byAlias(String alias) {
    return files.latest().stream()
        .filter(identity -> identity.alias().equals(alias))
        .findFirst()
        .orElse(null);
  }

  /** When the certificate that is served ends, seconds since 1970. */
  public double endEpochSeconds() {
    return current().end().getEpochSecond();
  }

  /** This health, with a remark if the files cannot be used, or the certificate ends soon. */
  public Health with(Health health) {
    return problem().map(health::remark).orElse(health);
  }

  private Optional<String> problem() {
    ServerIdentity served = current();
    String end = ServerIdentity.shown(served.end());
    if (now().isAfter(served.end())) {
      return Optional.of("the certificate in %s has expired on %s".formatted(certificate, end));
    }
    Optional<String> kept = files.problem();
    if (kept.isPresent()) {
      return kept;
    }
    Duration lifetime = Duration.between(served.begin(), served.end());
    return Duration.between(now(), served.end()).compareTo(lifetime.dividedBy(LEFT_WARNED)) < 0
        ? Optional.of("the certificate in %s ends on %s".formatted(certificate, end))
        : Optional.empty();
  }

  /**
   * For servers with this certificate.
   *
   * @param clientAuthorities whose clients may connect; null if clients need no certificate
   */
  public SSLContext context(@Nullable ClientAuthorities clientAuthorities) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new CurrentKey()},
          clientAuthorities == null ? null : new TrustManager[] {clientAuthorities.manager()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /**
   * What servers take: TLS 1.2 and 1.3, with forward secrecy and authenticated encryption alone.
   */
  public static SSLParameters parameters(SSLContext context) {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
    parameters.setCipherSuites(
        Stream.of(parameters.getCipherSuites())
            .filter(ServerCertificate::isTaken)
            .toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    return parameters;
  }

  private static boolean isTaken(String suite) {
    // those of TLS 1.3 have no key exchange in their names
    return suite.matches("TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*(_GCM_|_CHACHA20_).*");
  }

  private final class CurrentKey extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      return alias(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, Socket socket) {
      return alias(keyType);
    }

    private @Nullable String alias(String keyType) {
      ServerIdentity identity = current();
      return identity.key().getAlgorithm().equals(keyType) ? identity.alias() : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      String alias = alias(keyType);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      ServerIdentity identity = byAlias(alias);
      return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      ServerIdentity identity = byAlias(alias);
      return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null; // it is a server's
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }
}
