// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What is the same for the same readings, and only for these. */
final class Digests {
  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static void put(MessageDigest digest, String text) {
    digest.update(text.getBytes(UTF_8));
    digest.update((byte) 0);
  }

  static void put(MessageDigest digest, long[] column) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (column.length + 1));
    bytes.putLong(column.length);
    bytes.asLongBuffer().put(column);
    digest.update(bytes.array());
  }
}
