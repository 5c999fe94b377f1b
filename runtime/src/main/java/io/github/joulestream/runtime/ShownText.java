// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Texts that came from outside, made safe to show: names, keys, reasons, in lines and tables, logs,
 * CSV, HTML, SVG, PDF and alerts. What would move the cursor, begin another line, turn the
 * direction of what follows, or cannot be seen at all is shown as an escape, {@code \n} or {@code
 * \}{@code u001b}; all else as it is. The page's shown.js has the same rule.
 *
 * <p>To show a text twice changes nothing more. JSON on one line remains the same JSON when it is
 * shown: the escapes are its own.
 */
public final class ShownText {
  private static final char CUT = '…';

  /**
   * Unsafe characters, as first and last ones: all that Unicode 16 has as controls (Cc), formats
   * (Cf), separators of lines and paragraphs (Zl, Zp) and surrogates (Cs), but for the two joiners
   * (U+200C, U+200D), which scripts and emojis need; fillers that cannot be seen; and what is no
   * character or is reserved for ones that are not to be seen. Last ones of a plane are in the
   * code.
   */
  private static final int[] UNSAFE = {
    0x0000, 0x001f, 0x007f, 0x009f, 0x00ad, 0x00ad, 0x0600, 0x0605, 0x061c, 0x061c, 0x06dd, 0x06dd,
    0x070f, 0x070f, 0x0890, 0x0891, 0x08e2, 0x08e2, 0x115f, 0x1160, 0x180e, 0x180e, 0x200b, 0x200b,
    0x200e, 0x200f, 0x2028, 0x202e, 0x2060, 0x206f, 0x3164, 0x3164, 0xd800, 0xdfff, 0xfdd0, 0xfdef,
    0xfeff, 0xfeff, 0xffa0, 0xffa0, 0xfff0, 0xfffb, 0x110bd, 0x110bd, 0x110cd, 0x110cd, 0x13430,
    0x1343f, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a, 0xe0000, 0xe00ff, 0xe01f0, 0xe0fff
  };

  private ShownText() {}

  /**
   * Whether a character is not to be shown as it is.
   *
   * @param c code point; half of a surrogate pair is one too
   */
  public static boolean isUnsafe(int c) {
    if (c >= ' ' && c < 0x7f) {
      return false;
    }
    int at = Arrays.binarySearch(UNSAFE, c);
    // between a first and its last one
    return at >= 0 || (at & 1) == 0 || (c & 0xfffe) == 0xfffe;
  }

  /** The text with escapes; the same object if there is nothing to escape. */
  public static String of(String text) {
    int i = 0;
    while (i < text.length() && !isUnsafe(text.codePointAt(i))) {
      i += Character.charCount(text.codePointAt(i));
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, i);
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (isUnsafe(c)) {
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

  /**
   * An exception with its trace and causes: each line ends, and all but the first begin with a tab,
   * whatever the messages are. Of URLs in them no password is shown.
   */
  public static String of(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    return indented(ShownUrl.within(trace.toString())).substring(1);
  }

  /** Lines of our own, as those of indented JSON are: each is shown, and they remain lines. */
  public static String lines(String text) {
    return text.lines().map(ShownText::of).collect(Collectors.joining(System.lineSeparator()));
  }

  /** Lines of a trace, each with a tab before it, so that none looks like a line of a log. */
  public static String indented(String lines) {
    return lines
        .lines()
        .map(line -> "\t" + of(line.strip()) + System.lineSeparator())
        .collect(Collectors.joining());
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
