// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An issuer of JWTs, by the JDK alone: nothing of what verifies them is used to make them. */
final class TokenIssuer {
  static final String URL = "https://issuer.example/realms/hpc";
  static final String AUDIENCE = "joulestream";
  static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}";

  private final KeyPair keys;

  TokenIssuer() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** Its public keys (RFC 7517). */
  String jwks() {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"use\":\"sig\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(encoded(unsigned(key.getModulus())), encoded(unsigned(key.getPublicExponent())));
  }

  /** Claims that are right. */
  static String claims(String user) {
    return claims(user, URL, AUDIENCE, Duration.ofMinutes(10));
  }

  static String claims(String user, String issuer, String audience, Duration left) {
    return "{\"iss\":\"%s\",\"aud\":\"%s\",\"preferred_username\":\"%s\",\"exp\":%d}"
        .formatted(issuer, audience, user, Instant.now().plus(left).getEpochSecond());
  }

  /** A token that is right, of these claims. */
  String token(String claims) throws GeneralSecurityException {
    return token(HEADER, claims);
  }

  String token(String header, String claims) throws GeneralSecurityException {
    String input = unsigned(header, claims);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(input.getBytes(UTF_8));
    return input + "." + encoded(signature.sign());
  }

  /** Header and claims, with a dot between them. */
  static String unsigned(String header, String claims) {
    return encoded(header.getBytes(UTF_8)) + "." + encoded(claims.getBytes(UTF_8));
  }

  /** A token that is signed with a secret, as which a public key may be taken. */
  String hmac(String claims, byte[] secret) throws GeneralSecurityException {
    String input = unsigned(HEADER.replace("RS256", "HS256"), claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return input + "." + encoded(mac.doFinal(input.getBytes(UTF_8)));
  }

  byte[] publicKey() {
    return keys.getPublic().getEncoded();
  }

  String publicKeyPem() {
    return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
        .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey()));
  }
}
