// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A certificate with its chain, its own first, and its key.
 *
 * @param alias by which TLS asks for it again within a handshake
 */
record ServerIdentity(String alias, List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] PROBE = {1, 2, 3};

  /**
   * Reads it and holds its parts against each other.
   *
   * @throws UserError with the file, what is wrong with it and what to do
   */
  static ServerIdentity read(String alias, Path certificate, Path key, Instant now) {
    ServerIdentity identity =
        new ServerIdentity(alias, PemFiles.certificates(certificate), PemFiles.key(key));
    if (!identity.keyFits()) {
      throw UserError.usage(
          "the key in %s is not that of the first certificate in %s".formatted(key, certificate));
    }
    if (now.isAfter(identity.end())) {
      throw UserError.usage(
          "the certificate in %s has expired: it was valid until %s; renew it"
              .formatted(certificate, shown(identity.end())));
    }
    if (now.isBefore(identity.begin())) {
      throw UserError.usage(
          "the certificate in %s is valid from %s only; is the clock of this machine right?"
              .formatted(certificate, shown(identity.begin())));
    }
    return identity;
  }

  private boolean keyFits() {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      if (!chain.getFirst().getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
        return false;
      }
      signature.initVerify(chain.getFirst().getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw UserError.usage(
          "the key cannot be used to sign: " + ShownText.of(String.valueOf(e.getMessage())), e);
    }
  }

  Instant begin() {
    return chain.getFirst().getNotBefore().toInstant();
  }

  Instant end() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /** For people. */
  static String shown(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
