// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

/**
 * Strokes over a rectangle as a path. They are drawn one by one since renderers differ in patterns
 * of SVG.
 */
final class Hatch {
  private Hatch() {}

  /** The path; empty if there is no pattern, or no stroke fits. */
  static String path(
      double x, double y, double width, double height, Ink.Pattern pattern, double gap) {
    StringBuilder path = new StringBuilder();
    switch (pattern) {
      case NONE -> {}
      case HORIZONTAL -> {
        for (double at = gap / 2; at < height; at += gap) {
          stroke(path, x, y + at, x + width, y + at);
        }
      }
      case VERTICAL -> {
        for (double at = gap / 2; at < width; at += gap) {
          stroke(path, x + at, y, x + at, y + height);
        }
      }
      case RISING -> slanted(path, x, y, width, height, gap, true);
      case FALLING -> slanted(path, x, y, width, height, gap, false);
      case CROSSED -> {
        slanted(path, x, y, width, height, gap, true);
        slanted(path, x, y, width, height, gap, false);
      }
    }
    return path.toString();
  }

  /** Lines of 45 degrees, cut at the rectangle. */
  private static void slanted(
      StringBuilder path,
      double x,
      double y,
      double width,
      double height,
      double gap,
      boolean rising) {
    // u + v = at, with u from the left and v from the top
    for (double at = gap; at < width + height; at += gap * 1.41) {
      double u1 = Math.max(0, at - height);
      double u2 = Math.min(width, at);
      double v1 = at - u1;
      double v2 = at - u2;
      if (rising) {
        stroke(path, x + u1, y + v1, x + u2, y + v2);
      } else {
        stroke(path, x + u1, y + height - v1, x + u2, y + height - v2);
      }
    }
  }

  private static void stroke(StringBuilder path, double x1, double y1, double x2, double y2) {
    path.append('M')
        .append(Canvas.number(x1))
        .append(' ')
        .append(Canvas.number(y1))
        .append('L')
        .append(Canvas.number(x2))
        .append(' ')
        .append(Canvas.number(y2));
  }
}
