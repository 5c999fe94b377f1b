// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.text.ParseException;
import java.util.List;

/** Public keys by which an issuer's tokens are verified. */
interface SigningKeys {
  /**
   * The keys as they are known.
   *
   * @throws Access.Refusal if none have been read yet, or the last are too old
   */
  List<JWK> current() throws Access.Refusal;

  /**
   * The keys, read again if that is due: a token names one that is not among the known.
   *
   * @throws Access.Refusal as {@link #current()}
   */
  List<JWK> readAgain() throws Access.Refusal;

  /**
   * Keys of a set (RFC 7517) that may verify a signature: public ones, for signatures, of a size
   * and a curve in use. Others of the set are left out.
   *
   * @throws IOException if it is no set, or none of its keys is left
   */
  static List<JWK> parse(String json) throws IOException {
    final int most = 100;
    List<JWK> keys;
    try {
      keys = JWKSet.parse(json).getKeys();
    } catch (ParseException | RuntimeException e) {
      throw new IOException("it is no set of keys (JWKS)", e);
    }
    List<JWK> usable =
        keys.stream().limit(most).filter(SigningKeys::isUsable).map(JWK::toPublicJWK).toList();
    if (usable.isEmpty()) {
      throw new IOException("no key of it can verify a signature: RSA, EC or Ed25519 are needed");
    }
    return usable;
  }

  private static boolean isUsable(JWK key) {
    final int leastBits = 2048;
    if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
      return false;
    }
    return switch (key) {
      case RSAKey rsa -> rsa.size() >= leastBits;
      case ECKey ec -> List.of(Curve.P_256, Curve.P_384, Curve.P_521).contains(ec.getCurve());
      case OctetKeyPair pair -> Curve.Ed25519.equals(pair.getCurve());
      default -> false; // a secret, as of HMAC, is nobody's signature
    };
  }
}
