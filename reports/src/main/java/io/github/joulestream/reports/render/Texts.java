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

  /**
   * On one line, and without characters that XML forbids, that have no glyph, or that turn the
   * direction of what follows them. Tabs and ends of lines become spaces, the others U+FFFD.
   */
  static String visible(String text) {
    StringBuilder changed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point == '\r' && i < text.length() && text.charAt(i) == '\n') {
        continue;
      }
      changed.appendCodePoint(visible(point));
    }
    return changed.toString();
  }

  private static int visible(int point) {
    if (point == '\t' || point == '\n' || point == '\r' || point == 0x2028 || point == 0x2029) {
      return ' ';
    }
    boolean marksDirection =
        point == 0x061C
            || point == 0x200E
            || point == 0x200F
            || (point >= 0x202A && point <= 0x202E)
            || (point >= 0x2066 && point <= 0x2069);
    boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    boolean none = (point & 0xFFFE) == 0xFFFE;
    return Character.isISOControl(point) || marksDirection || half || none ? REPLACEMENT : point;
  }

  /** At most this many characters, the last of them an ellipsis if there were more. */
  static String shortened(String text, int characters) {
    if (text.codePointCount(0, text.length()) <= characters) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, characters - 1)) + "…";
  }
}
