// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorities of a PEM file that is read again when it changes: clients whose certificate one of
 * them signed may connect. Safe for many threads.
 */
public final class ClientAuthorities {
  private static final Logger log = LoggerFactory.getLogger(ClientAuthorities.class);
  private static final String OF_CLIENTS = "these are authorities of clients, not of servers";

  private final ReloadedFiles<X509ExtendedTrustManager> file;

  /**
   * Reads it.
   *
   * @throws UserError if the file has no certificate, or cannot be read
   */
  public static ClientAuthorities read(Path file) {
    return new ClientAuthorities(file, NanoClock.system());
  }

  ClientAuthorities(Path path, NanoClock clock) {
    file =
        new ReloadedFiles<>(
            List.of(path),
            () -> trust(path),
            trust ->
                log.info(
                    "{} has changed: {} authorities of clients from now on",
                    path,
                    trust.getAcceptedIssuers().length),
            "the authorities of clients before still count",
            clock);
  }

  private static X509ExtendedTrustManager trust(Path path) {
    return Stream.of(TrustedAuthorities.managers(path))
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("this JVM has no trust manager of X.509"));
  }

  /** This health, with a remark if the file cannot be used. */
  public Health with(Health health) {
    file.current();
    return file.problem().map(health::remark).orElse(health);
  }

  /**
   * Fails unless the client of this session has a certificate of the authorities of now. TLS asks
   * for that itself in a new session; one that is resumed keeps the answer that it began with.
   */
  public void check(SSLSession session) throws SSLException {
    try {
      X509Certificate[] chain =
          Stream.of(session.getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      file.current().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      throw new SSLPeerUnverifiedException("not a client of the authorities of now: " + e);
    }
  }

  TrustManager manager() {
    return new Current();
  }

  private final class Current extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      file.current().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      file.current().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      file.current().checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException(OF_CLIENTS);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException(OF_CLIENTS);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException(OF_CLIENTS);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return file.current().getAcceptedIssuers();
    }
  }
}
