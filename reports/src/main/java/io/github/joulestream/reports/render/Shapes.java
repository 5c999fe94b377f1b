// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

/** Shapes of dots, which differ without colour. */
final class Shapes {
  /** How many there are. */
  static final int COUNT = 5;

  private Shapes() {}

  /** The outline of the n-th shape around a point. */
  static String path(int shape, double x, double y, double r) {
    return switch (shape % COUNT) {
      case 0 -> circle(x, y, r);
      case 1 -> polygon(x, y, r * 0.9, -1, -1, 1, -1, 1, 1, -1, 1);
      case 2 -> polygon(x, y, r * 1.15, 0, -1, 1, 0.8, -1, 0.8);
      case 3 -> polygon(x, y, r * 1.25, 0, -1, 1, 0, 0, 1, -1, 0);
      default -> polygon(x, y, r * 1.15, 0, 1, 1, -0.8, -1, -0.8);
    };
  }

  private static String circle(double x, double y, double r) {
    String radius = Canvas.number(r);
    return "M%s %sA%s %s 0 1 0 %s %sA%s %s 0 1 0 %s %sZ"
        .formatted(
            Canvas.number(x - r),
            Canvas.number(y),
            radius,
            radius,
            Canvas.number(x + r),
            Canvas.number(y),
            radius,
            radius,
            Canvas.number(x - r),
            Canvas.number(y));
  }

  private static String polygon(double x, double y, double r, double... corners) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < corners.length; i += 2) {
      path.append(i == 0 ? 'M' : 'L')
          .append(Canvas.number(x + corners[i] * r))
          .append(' ')
          .append(Canvas.number(y + corners[i + 1] * r));
    }
    return path.append('Z').toString();
  }
}
