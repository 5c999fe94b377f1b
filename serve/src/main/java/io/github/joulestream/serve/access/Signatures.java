// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Verifies signatures of JWTs. */
final class Signatures {
  /** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the key's 32 bytes. */
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int ED25519_BYTES = 32;

  private Signatures() {}

  /**
   * Whether the key made the signature.
   *
   * @param key one that matches the algorithm of the token
   * @throws JOSEException if that cannot be seen
   */
  static boolean verify(SignedJWT jwt, JWK key) throws JOSEException {
    return switch (key) {
      case RSAKey rsa -> jwt.verify(new RSASSAVerifier(rsa.toRSAPublicKey()));
      case ECKey ec -> jwt.verify(new ECDSAVerifier(ec.toECPublicKey()));
      case OctetKeyPair pair -> ed25519(jwt, pair);
      default -> false;
    };
  }

  /** By the JDK: the library's verifier needs another library. */
  private static boolean ed25519(SignedJWT jwt, OctetKeyPair pair) throws JOSEException {
    byte[] key = pair.getDecodedX();
    if (key.length != ED25519_BYTES) {
      throw new JOSEException("a key of Ed25519 has 32 bytes");
    }
    byte[] encoded = new byte[ED25519.length + ED25519_BYTES];
    System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
    System.arraycopy(key, 0, encoded, ED25519.length, ED25519_BYTES);
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      signature.update(jwt.getSigningInput());
      return signature.verify(jwt.getSignature().decode());
    } catch (GeneralSecurityException e) {
      throw new JOSEException("not a signature of Ed25519", e);
    }
  }
}
