// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
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
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Of its lifetime: whoever renews does it earlier, so with less left something is wrong. */
  private static final int LEFT_WARNED = 5;

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private record Stamp(long bytes, FileTime modified, @Nullable Object key) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
  }

  private final Path certificate;
  private final Path key;
  private final EpochClock wall;
  private final NanoClock clock;

  private List<Optional<Stamp>> stamps;
  private long lookedNanos;
  private ServerIdentity current;
  // a handshake that began with it may still ask for it
  private ServerIdentity before;
  private int reads;
  private String problem = "";

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
    this.key = key;
    this.wall = wall;
    this.clock = clock;
    this.lookedNanos = clock.nanos();
    this.stamps = stamps();
    this.current = identity();
    this.before = current;
  }

  private ServerIdentity identity() {
    reads++;
    return ServerIdentity.read("server" + reads, certificate, key, now());
  }

  private Instant now() {
    return Instant.ofEpochMilli(wall.epochMillis());
  }

  private List<Optional<Stamp>> stamps() {
    return Stream.of(certificate, key).map(ServerCertificate::stamp).toList();
  }

  /** Empty if there is no such file: reading it gives the reason. */
  private static Optional<Stamp> stamp(Path file) {
    try {
      return Optional.of(Stamp.of(file));
    } catch (IOException e) {
      log.debug("{} is not there", file, e);
      return Optional.empty();
    }
  }

  private synchronized ServerIdentity current() {
    long now = clock.nanos();
    if (now - lookedNanos < INTERVAL.toNanos()) {
      return current;
    }
    lookedNanos = now;
    List<Optional<Stamp>> found = stamps();
    if (found.equals(stamps)) {
      return current;
    }
    stamps = found;
    try {
      ServerIdentity read = identity();
      before = current;
      current = read;
      problem = "";
      log.info(
          "{} has changed and is served; it is valid until {}",
          certificate,
          ServerIdentity.shown(read.end()));
    } catch (UserError e) {
      // once for each state of the files
      problem = String.valueOf(e.getMessage());
      log.error("The certificate before is still served: {}", problem);
    }
    return current;
  }

  private synchronized @Nullable ServerIdentity byAlias(String alias) {
    return Stream.of(current, before)
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
    synchronized (this) {
      if (!problem.isEmpty()) {
        return Optional.of("the certificate before is still served: " + problem);
      }
    }
    Duration lifetime = Duration.between(served.begin(), served.end());
    return Duration.between(now(), served.end()).compareTo(lifetime.dividedBy(LEFT_WARNED)) < 0
        ? Optional.of("the certificate in %s ends on %s".formatted(certificate, end))
        : Optional.empty();
  }

  /**
   * For servers with this certificate.
   *
   * @param clientAuthorities certificates that sign those of clients; null if clients need none
   * @throws UserError if that file has none, or cannot be read
   */
  public SSLContext context(@Nullable Path clientAuthorities) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new CurrentKey()},
          clientAuthorities == null ? null : TrustedAuthorities.managers(clientAuthorities),
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
