// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The same few names come again and again: of sites, nodes, devices, models. They are made into
 * strings once. A table without chains: of two names in one place the later stays. Safe for many
 * threads.
 */
final class RecentStrings {
  private static final int PLACES = 1 << 16;
  // longer texts are not names
  private static final int LONGEST = 64;
  private static final AtomicReferenceArray<@Nullable Name> NAMES =
      new AtomicReferenceArray<>(PLACES);

  private RecentStrings() {}

  @SuppressWarnings("ArrayRecordComponent") // never handed out
  private record Name(byte[] bytes, String text) {}

  static String of(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return new String(bytes, from, length, UTF_8);
    }
    int hash = length;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ hash >>> 15) & (PLACES - 1);
    Name known = NAMES.getAcquire(place);
    if (known != null
        && Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, from + length)) {
      return known.text;
    }
    String text = new String(bytes, from, length, UTF_8);
    NAMES.setRelease(place, new Name(Arrays.copyOfRange(bytes, from, from + length), text));
    return text;
  }
}
