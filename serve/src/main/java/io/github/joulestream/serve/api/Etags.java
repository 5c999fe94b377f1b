// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.JsonText;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tags of answers about periods that are over. Late readings, corrections and new issues of the
 * grid's values can change them still, so a tag is of the figures themselves, and not of the period
 * or of a time: an answer is worked out anew each time, and is not sent again if it is the same.
 */
final class Etags {
  private Etags() {}

  /**
   * Of figures.
   *
   * @param value without anything that differs whenever it is asked for
   */
  static String of(Object value) {
    return of(JsonText.bytes(value));
  }

  /** Of content. */
  static String of(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
