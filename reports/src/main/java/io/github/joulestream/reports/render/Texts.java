// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

/** Texts that users chose, as they may be written. */
final class Texts {
  private static final char REPLACEMENT = '\uFFFD';

  private Texts() {}

  /** Without halves of surrogate pairs, which no encoding can write. */
  static String encodable(String text) {
    StringBuilder changed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      changed.appendCodePoint(half ? REPLACEMENT : point);
    }
    return changed.toString();
  }

  /** At most this many characters, the last of them an ellipsis if there were more. */
  static String shortened(String text, int characters) {
    if (text.codePointCount(0, text.length()) <= characters) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
  }
}
