// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

/** An issuer of tokens, with its keys. */
final class SignedTokens {
  static final String ISSUER = "https://login.example.org/realms/hpc";
  static final String AUDIENCE = "joulestream";
  static final long NOW = 1_780_000_000_000L;

  final RSAKey rsa;
  final ECKey ec;
  final OctetKeyPair ed;
  private final KeyPair edPair;

  SignedTokens(String suffix) {
    try {
      rsa = new RSAKeyGenerator(2048).keyID("rsa" + suffix).generate();
      ec = new ECKeyGenerator(Curve.P_256).keyID("ec" + suffix).generate();
      edPair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] encoded = edPair.getPublic().getEncoded();
      byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
      ed =
          new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).keyID("ed" + suffix).build();
    } catch (JOSEException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public keys, as the issuer publishes them. */
  String jwks() {
    return new JWKSet(List.<JWK>of(rsa, ec, ed)).toString(true);
  }

  /** Claims that are right. */
  static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .subject("f1b0-44")
        .claim("preferred_username", "alice")
        .issueTime(Date.from(Instant.ofEpochMilli(NOW - 1_000)))
        .expirationTime(Date.from(Instant.ofEpochMilli(NOW + 300_000)));
  }

  String rsa(JWSAlgorithm algorithm, JWTClaimsSet claims) {
    return rsa(new JWSHeader.Builder(algorithm).keyID(rsa.getKeyID()).build(), claims);
  }

  String rsa(JWSHeader header, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(header, claims);
      RSASSASigner signer = new RSASSASigner(rsa);
      // what is critical is the token's matter, not the signer's
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  String ec(JWTClaimsSet claims) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(ec.getKeyID()).build(), claims);
      jwt.sign(new ECDSASigner(ec));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  String ed(JWTClaimsSet claims) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID(ed.getKeyID()).build();
      String input = header.toBase64URL() + "." + Base64URL.encode(claims.toString());
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(edPair.getPrivate());
      signature.update(input.getBytes(UTF_8));
      return input + "." + Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token of these parts, encoded. */
  static String raw(String header, String claims, byte[] signature) {
    return Base64URL.encode(header)
        + "."
        + Base64URL.encode(claims)
        + "."
        + Base64URL.encode(signature);
  }
}
