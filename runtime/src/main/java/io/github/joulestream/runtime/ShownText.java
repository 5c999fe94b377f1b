// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Texts that came from outside, made safe to show on a terminal and in a log: names, keys, reasons.
 * What would move the cursor, begin another line, turn the direction of what follows, or cannot be
 * seen at all is shown as an escape, {@code \n} or {@code \}{@code u001b}; all else as it is.
 */
public final class ShownText {
  private static final char CUT = '…';
  private static final char SOFT_HYPHEN = 0xad;
  private static final char ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final char ZERO_WIDTH_JOINER = 0x200d;

  private ShownText() {}

  /** The text with escapes; the same object if there is nothing to escape. */
  public static String of(String text) {
    int i = 0;
    while (i < text.length() && !isEscaped(text.codePointAt(i))) {
      i += Character.charCount(text.codePointAt(i));
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, i);
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (isEscaped(c)) {
        escape(shown, c);
      } else {
        shown.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    return shown.toString();
  }

  /**
   * The beginning of a text with escapes.
   *
   * @param mostCharacters of the text so many (UTF-16) are shown, then an ellipsis
   */
  public static String of(String text, int mostCharacters) {
    return text.length() <= mostCharacters ? of(text) : of(text.substring(0, mostCharacters)) + CUT;
  }

  /** The beginning of bytes that should be UTF-8; what is none becomes U+FFFD. */
  public static String of(byte[] bytes, int mostCharacters) {
    // a character has at most 4 bytes
    int length = Math.min(bytes.length, 4 * mostCharacters + 4);
    return of(new String(bytes, 0, length, UTF_8), mostCharacters);
  }

  private static boolean isEscaped(int c) {
    return switch (Character.getType(c)) {
      // C0, delete and C1; line and paragraph separators; half of a surrogate pair
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      // directions, marks of byte order, invisible tags; some scripts need the joiners
      case Character.FORMAT ->
          c != SOFT_HYPHEN && c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }

  private static void escape(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        for (char half : Character.toChars(c)) {
          shown.append("\\u%04x".formatted((int) half));
        }
      }
    }
  }
}
