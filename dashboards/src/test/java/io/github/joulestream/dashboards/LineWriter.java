// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.store.StorePoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes points into an InfluxDB 1.x, which has no {@code /api/v2/write}. The store's own writer
 * can take its place as soon as it knows {@code /write}.
 */
final class LineWriter {
  private static final int BATCH = 5_000;

  private LineWriter() {}

  static void write(InfluxProcess influx, List<StorePoint> points)
      throws IOException, InterruptedException {
    List<String> lines = points.stream().map(LineWriter::line).toList();
    for (int from = 0; from < lines.size(); from += BATCH) {
      influx.write(lines.subList(from, Math.min(lines.size(), from + BATCH)));
    }
  }

  private static String line(StorePoint point) {
    StringBuilder line = new StringBuilder(point.measurement().measurementName());
    point
        .tags()
        .forEach((tag, value) -> line.append(',').append(tag).append('=').append(key(value)));
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, Object> field : point.fields().entrySet()) {
      fields.add(field.getKey() + "=" + value(field.getValue()));
    }
    return line.append(' ')
        .append(String.join(",", fields))
        .append(' ')
        .append(point.epochNanos())
        .toString();
  }

  private static String key(String text) {
    return text.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ");
  }

  private static String value(Object value) {
    return switch (value) {
      case Long number -> number + "i";
      case Double number -> number.toString();
      default -> '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    };
  }
}
