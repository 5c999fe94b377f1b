// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.store.StorePoint;
import java.util.Map;

/**
 * Points as InfluxDB's line protocol.
 *
 * <p>Names of measurements, tags and fields come from the catalogue and need no escapes. What no
 * line can express, such as a line break in a tag, no {@link StorePoint} holds.
 */
final class LineProtocol {
  private LineProtocol() {}

  /**
   * Appends a point as a line.
   *
   * @throws IllegalArgumentException if no line can express it; nothing was appended then
   */
  static void append(StringBuilder out, StorePoint point) {
    int start = out.length();
    try {
      out.append(point.measurement().measurementName());
      for (Map.Entry<String, String> tag : point.tags().entrySet()) {
        tag(out, tag.getKey(), tag.getValue());
      }
      char separator = ' ';
      for (Map.Entry<String, Object> field : point.fields().entrySet()) {
        // the protocol has no "not a number": the field is left out
        if (!(field.getValue() instanceof Double real) || Double.isFinite(real)) {
          out.append(separator).append(field.getKey()).append('=');
          value(out, field.getKey(), field.getValue());
          separator = ',';
        }
      }
      if (separator == ' ') {
        throw new IllegalArgumentException("the point has no fields");
      }
      out.append(' ').append(point.epochNanos()).append('\n');
    } catch (IllegalArgumentException e) {
      out.setLength(start);
      throw e;
    }
  }

  private static void tag(StringBuilder out, String name, String value) {
    if (value.isEmpty()) {
      return; // to the store an empty tag is no tag
    }
    out.append(',').append(name).append('=');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ',' || c == '=' || c == ' ') {
        out.append('\\');
      }
      out.append(c);
    }
  }

  private static void value(StringBuilder out, String name, Object value) {
    switch (value) {
      case Long number -> out.append(number.longValue()).append('i');
      case Double real -> out.append(real.doubleValue());
      case String text -> {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
          char c = text.charAt(i);
          if (c == '"' || c == '\\') {
            out.append('\\');
          }
          out.append(c);
        }
        out.append('"');
      }
      default ->
          throw new IllegalArgumentException(
              "field %s is a %s".formatted(name, value.getClass().getSimpleName()));
    }
  }
}
