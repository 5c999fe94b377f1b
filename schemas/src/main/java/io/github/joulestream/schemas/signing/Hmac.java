// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 (RFC 2104, FIPS 198-1), which every Java platform has. */
final class Hmac {
  static final String ALGORITHM = "HmacSHA256";
  static final int BYTES = 32;

  private Hmac() {}

  static Mac create() {
    try {
      return Mac.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  static SecretKeySpec key(byte[] secret) {
    return new SecretKeySpec(secret, ALGORITHM);
  }

  static void init(Mac mac, SecretKeySpec key) {
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("any bytes are a key of " + ALGORITHM, e);
    }
  }

  /** Of a purpose, a 0 byte and a text. */
  static byte[] of(Mac mac, SecretKeySpec key, String purpose, String text) {
    init(mac, key);
    mac.update(purpose.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
