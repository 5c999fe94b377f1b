// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import io.github.joulestream.energy.Bounds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names that others give to jobs, devices and models, within the bounds of what is on the wire:
 * what is longer is cut, so that its energy is booked too.
 */
public final class Names {
  private static final int HASH_BYTES = 8;
  private static final int ENDING = 1 + 2 * HASH_BYTES;
  private static final int WORDS = 500;

  private Names() {}

  /**
   * The id of a job or a device: as it is, if it can be one. Else its beginning, in which an
   * underscore replaces what no id may hold, {@code ~}, and 16 hexadecimal digits of the SHA-256 of
   * all of it (as UTF-16, big endian). So it stays the same from one time to the next, on every
   * node, and two of one beginning remain two.
   *
   * @return empty for an empty one, which is no id
   */
  public static String id(String name) {
    if (name.isEmpty() || Bounds.isName(name)) {
      return name;
    }
    return beginning(name, Bounds.NAME_CHARACTERS - ENDING) + "~" + hash(name);
  }

  /** Words of others for people to read: one line of at most 500 characters. */
  public static String words(String name) {
    return name.length() <= WORDS && Bounds.firstUnprintable(name) == name.length()
        ? name
        : beginning(name, WORDS - 4) + (name.length() > WORDS - 4 ? " ..." : "");
  }

  /** So many of its characters, with underscores for those that are not to be printed. */
  private static String beginning(String name, int most) {
    int length = Math.min(name.length(), most);
    StringBuilder printable = new StringBuilder(length);
    int at = 0;
    while (at < length) {
      int c = name.codePointAt(at);
      int units = Character.charCount(c);
      if (at + units > length) {
        break; // both halves of a character or none
      }
      String one = name.substring(at, at + units);
      printable.append(Bounds.firstUnprintable(one) == units ? one : "_");
      at += units;
    }
    return printable.toString();
  }

  private static String hash(String name) {
    // not by a character set: halves of characters would all be the same
    ByteBuffer units = ByteBuffer.allocate(Character.BYTES * name.length());
    units.asCharBuffer().put(name);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(units.array());
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
