// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

/**
 * Texts as every store takes them. A name, label or unit never decides whether energy is stored:
 * what some store refuses in a text is replaced here, by something that people can still read.
 *
 * <ul>
 *   <li>Control characters become their pictures: a line break is {@code ␊}, a tab {@code ␉},
 *       delete {@code ␡}. Those from U+0080 to U+009F have none and become U+FFFD.
 *   <li>Half of a surrogate pair becomes U+FFFD: no store can hold it.
 *   <li>A text that is longer than the most is cut, and ends in {@code …}.
 *   <li>A backslash in a tag becomes {@code ⧵} (U+29F5): to InfluxDB one escapes only what needs
 *       it, to QuestDB it escapes whatever comes next.
 * </ul>
 *
 * All else, and in fields backslashes too, is stored as it came.
 */
public final class StoreText {
  /** Characters (UTF-16) of a field at most: 48 kB as UTF-8, where InfluxDB takes 64 kB. */
  public static final int MAX_IN_FIELD = 16_000;

  /** Characters (UTF-16) of a tag at most: keys have 250 of each name. */
  public static final int MAX_IN_TAG = 1_000;

  static final char CUT = '…';
  private static final char UNREADABLE = '\uFFFD';
  private static final char DELETE = 0x7f;
  private static final char PICTURES = '\u2400';
  private static final char DELETE_PICTURE = '\u2421';
  private static final char LAST_C1 = 0x9f;
  private static final char BACKSLASH_OPERATOR = '\u29F5';

  private StoreText() {}

  /** A text for a field; the same object if there is nothing to replace. */
  public static String field(String text) {
    return clean(text, MAX_IN_FIELD);
  }

  /** A text for a tag; the same object if there is nothing to replace. */
  public static String tag(String text) {
    return clean(text, MAX_IN_TAG).replace('\\', BACKSLASH_OPERATOR);
  }

  /** What people know a tag as: with backslashes in place of what {@link #tag} puts there. */
  public static String ofTag(String tag) {
    return tag.replace(BACKSLASH_OPERATOR, '\\');
  }

  /** A text for one of many in a field. */
  static String label(String text) {
    return clean(text, MAX_IN_TAG);
  }

  private static String clean(String text, int most) {
    if (text.length() <= most && firstBad(text) == text.length()) {
      return text;
    }
    boolean cut = text.length() > most;
    int end = cut ? most - 1 : text.length();
    if (cut && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--; // its other half does not fit
    }
    StringBuilder clean = new StringBuilder(end + 1);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      clean.append(isBad(text, i) ? substitute(c) : c);
    }
    return cut ? clean.append(CUT).toString() : clean.toString();
  }

  /** The first character that some store refuses; the text's length if there is none. */
  private static int firstBad(String text) {
    int i = 0;
    while (i < text.length() && !isBad(text, i)) {
      i++;
    }
    return i;
  }

  private static boolean isBad(String text, int at) {
    char c = text.charAt(at);
    if (c < ' ' || (c >= DELETE && c <= LAST_C1)) {
      return true;
    }
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static char substitute(char c) {
    if (c < ' ') {
      return (char) (PICTURES + c);
    }
    return c == DELETE ? DELETE_PICTURE : UNREADABLE;
  }
}
