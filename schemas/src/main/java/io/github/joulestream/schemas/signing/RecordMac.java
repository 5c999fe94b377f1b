// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The code of a record under a key: HMAC-SHA-256 over topic, key and value, each after its length,
 * so that no other record has the same bytes; the first 16 bytes of it. One thread.
 */
final class RecordMac {
  /** Bytes of a code: 128 bits, half of the hash, as RFC 2104 advises at least. */
  static final int BYTES = 16;

  private static final byte[] PURPOSE = "joulestream record v1\0".getBytes(UTF_8);
  private static final int NO_VALUE = -1;

  private final Mac mac = Hmac.create();
  private final byte[] length = new byte[Integer.BYTES];
  private final byte[] full = new byte[Hmac.BYTES];

  /**
   * Computes the code, which is the first {@link #BYTES} bytes of what it returns, until the next
   * call.
   */
  byte[] of(SecretKeySpec secret, byte[] topic, byte[] key, byte @Nullable [] value) {
    Hmac.init(mac, secret);
    mac.update(PURPOSE);
    update(topic);
    update(key);
    if (value == null) {
      updateLength(NO_VALUE);
    } else {
      update(value);
    }
    try {
      mac.doFinal(full, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(Hmac.ALGORITHM + " has " + Hmac.BYTES + " bytes", e);
    }
    return full;
  }

  private void update(byte[] bytes) {
    updateLength(bytes.length);
    mac.update(bytes);
  }

  private void updateLength(int value) {
    length[0] = (byte) (value >>> 24);
    length[1] = (byte) (value >>> 16);
    length[2] = (byte) (value >>> 8);
    length[3] = (byte) value;
    mac.update(length);
  }

  /** The same code? In a time that does not depend on where they differ. */
  static boolean isSame(byte[] code, byte[] header, int from) {
    int differences = 0;
    for (int i = 0; i < BYTES; i++) {
      differences |= code[i] ^ header[from + i];
    }
    return differences == 0;
  }
}
