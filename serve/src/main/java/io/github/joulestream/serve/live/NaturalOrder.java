// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import java.util.Comparator;

/**
 * Names in the order in which people count: runs of digits by their value, the rest by its
 * characters. {@code n2} is before {@code n10}; {@code n02} is after {@code n2}.
 */
public final class NaturalOrder implements Comparator<String> {
  public static final NaturalOrder INSTANCE = new NaturalOrder();

  private NaturalOrder() {}

  @Override
  public int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      char c = a.charAt(i);
      char d = b.charAt(j);
      if (isDigit(c) && isDigit(d)) {
        int endA = endOfDigits(a, i);
        int endB = endOfDigits(b, j);
        int order = compareNumbers(a, i, endA, b, j, endB);
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
      } else if (c != d) {
        return Character.compare(c, d);
      } else {
        i++;
        j++;
      }
    }
    int rest = Integer.compare(a.length() - i, b.length() - j);
    return rest != 0 ? rest : tie(a, b);
  }

  /** Names that differ in leading zeros only. */
  private static int tie(String a, String b) {
    int length = Integer.compare(a.length(), b.length());
    return length != 0 ? length : a.compareTo(b);
  }

  private static int compareNumbers(String a, int i, int endA, String b, int j, int endB) {
    int fromA = withoutZeros(a, i, endA);
    int fromB = withoutZeros(b, j, endB);
    int longer = Integer.compare(endA - fromA, endB - fromB);
    for (int k = 0; longer == 0 && fromA + k < endA; k++) {
      longer = Character.compare(a.charAt(fromA + k), b.charAt(fromB + k));
    }
    return longer;
  }

  private static int withoutZeros(String text, int from, int end) {
    int at = from;
    while (at < end - 1 && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int endOfDigits(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
