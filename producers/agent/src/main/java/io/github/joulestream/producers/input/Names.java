// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import io.github.joulestream.energy.Bounds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names that others give to jobs, devices and models, within the bounds of what is on the wire:
 * what is longer is cut, so that its energy is booked all the same.
 */
public final class Names {
  private static final int HASH_BYTES = 8;
  private static final int ENDING = 1 + 2 * HASH_BYTES;
  private static final int WORDS = 500;

  private Names() {}

  /**
   * The id of a job or a device: as it is, if it can be one. Else its beginning, in which an
   * underscore stands for what no id may hold, {@code ~}, and 16 hexadecimal digits of the SHA-256
   * of the whole (as UTF-16, big endian). So it stays the same from one time to the next, on every
   * node, and two of one beginning remain two.
   *
   * @return empty for an empty one, which is no id
   */
  public static String id(String said) {
    if (said.isEmpty() || Bounds.isName(said)) {
      return said;
    }
    return beginning(said, Bounds.NAME_CHARACTERS - ENDING) + "~" + hash(said);
  }

  /** Words of others for people to read: one line of at most 500 characters. */
  public static String words(String said) {
    return said.length() <= WORDS && Bounds.firstUnprintable(said) == said.length()
        ? said
        : beginning(said, WORDS - 4) + (said.length() > WORDS - 4 ? " ..." : "");
  }

  /** So many of its characters, with underscores for those that are not to be printed. */
  private static String beginning(String said, int most) {
    int length = Math.min(said.length(), most);
    StringBuilder printable = new StringBuilder(length);
    int at = 0;
    while (at < length) {
      int c = said.codePointAt(at);
      int units = Character.charCount(c);
      if (at + units > length) {
        break; // both halves of a character or none
      }
      String one = said.substring(at, at + units);
      printable.append(Bounds.firstUnprintable(one) == units ? one : "_");
      at += units;
    }
    return printable.toString();
  }

  private static String hash(String said) {
    // not by a character set: halves of characters would all be the same
    ByteBuffer units = ByteBuffer.allocate(Character.BYTES * said.length());
    units.asCharBuffer().put(said);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(units.array());
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
