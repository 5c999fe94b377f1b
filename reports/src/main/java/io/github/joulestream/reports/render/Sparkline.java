// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Tile;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The trend of a tile, small: from its lowest to its highest value, the last one as a dot. */
final class Sparkline {
  private static final double HEIGHT = 26;
  private static final double EDGE = 4;

  private Sparkline() {}

  /** Draws it; nothing if fewer than two values are known. */
  static void write(Markup html, Tile tile, Scaled scaled, String id, double width)
      throws IOException {
    List<@Nullable BigDecimal> trend = tile.trend();
    List<BigDecimal> known =
        trend.stream()
            .filter(Objects::nonNull)
            .filter(value -> Double.isFinite(value.doubleValue()))
            .toList();
    if (known.size() < 2) {
      return;
    }
    BigDecimal lowest = known.stream().reduce(BigDecimal::min).orElseThrow();
    BigDecimal highest = known.stream().reduce(BigDecimal::max).orElseThrow();
    double low = lowest.doubleValue();
    double length = highest.doubleValue() - low;
    Canvas canvas =
        Canvas.open(
            html,
            id,
            width,
            HEIGHT,
            tile.title() + " in the periods before",
            "%d periods, from %s to %s."
                .formatted(
                    known.size(),
                    scaled.of(tile.quantity(), tile.unit(), lowest).text(),
                    scaled.of(tile.quantity(), tile.unit(), highest).text()));
    StringBuilder path = new StringBuilder();
    boolean drawn = false;
    for (int i = 0; i < trend.size(); i++) {
      BigDecimal value = trend.get(i);
      if (value == null || !Double.isFinite(value.doubleValue())) {
        drawn = false;
        continue;
      }
      double x = EDGE + i * (width - 2 * EDGE) / Math.max(1, trend.size() - 1);
      double share = length > 0 ? (value.doubleValue() - low) / length : 0.5;
      double y = HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE);
      path.append(drawn ? 'L' : 'M').append(Canvas.number(x)).append(' ').append(Canvas.number(y));
      drawn = true;
      if (i == trend.size() - 1) {
        canvas.dot(x, y);
      }
    }
    canvas.spark(path.toString());
    canvas.close();
  }
}
