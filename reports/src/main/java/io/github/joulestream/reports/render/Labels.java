// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Where texts of a picture go. */
final class Labels {
  private Labels() {}

  /** About how wide a text is, in the unit of its font's size; sans serif fonts differ little. */
  static double width(String text, double size) {
    double width = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (point > 0x2E80) {
        width += 1;
      } else if ("iljtf.,:;'|! ()[]\u2009".indexOf(point) >= 0) {
        width += 0.3;
      } else if ("mwMW%<>=+@".indexOf(point) >= 0) {
        width += 0.87;
      } else if (Character.isUpperCase(point)) {
        width += 0.69;
      } else {
        width += 0.56;
      }
    }
    return width * size;
  }

  /** A text that is cut, so that it is at most so wide. */
  static String fitted(String text, double size, double space) {
    String fitted = text;
    int characters = text.codePointCount(0, text.length());
    if (characters > 200) {
      characters = 200;
      fitted = Texts.shortened(text, characters);
    }
    while (characters > 1 && width(fitted, size) > space) {
      characters--;
      fitted = Texts.shortened(text, characters);
    }
    return fitted;
  }

  /**
   * Heights as near to those wished as they can be at this distance, within the edges; nearer to
   * each other if there are too many.
   */
  static double[] apart(double[] wished, double most, double top, double bottom) {
    double distance = Math.min(most, (bottom - top) / Math.max(1, wished.length - 1));
    List<Integer> order =
        IntStream.range(0, wished.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> wished[i]))
            .toList();
    double[] placed = new double[wished.length];
    double last = top - distance;
    for (int i : order) {
      placed[i] = Math.max(wished[i], last + distance);
      last = placed[i];
    }
    double next = bottom + distance;
    for (int i : order.reversed()) {
      placed[i] = Math.min(placed[i], next - distance);
      next = placed[i];
    }
    return placed;
  }

  /** The row of each text, from 0, so that none of a row overlap; the texts begin at x. */
  static int[] rows(double[] x, double[] width, double gap) {
    int[] rows = new int[x.length];
    List<Double> ends = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      int row = 0;
      while (row < ends.size() && ends.get(row) + gap > x[i]) {
        row++;
      }
      if (row == ends.size()) {
        ends.add(0.0);
      }
      ends.set(row, x[i] + width[i]);
      rows[i] = row;
    }
    return rows;
  }
}
