// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * Writes and reads one kind of message in the order of its schema's fields. By hand, and without an
 * object per field in between: telemetry is the hot path. Tests hold codecs and schemas together.
 */
interface Codec<T> {
  Schema schema();

  void write(T value, WireWriter out);

  T read(WireReader in) throws IOException;

  /**
   * Checks what was read, where its constructor does not: times, and what programs of ours write
   * alone.
   *
   * @throws IllegalArgumentException with one line that names the value beyond its bound
   */
  default void check(T value) {}

  /** Checks where a window is. */
  default void checkWindow(long startEpochMillis, int millis) {
    Bounds.count(millis, Bounds.WINDOW_MILLIS, "length of a window, ms");
    if (millis == 0 || startEpochMillis % millis != 0) {
      throw new IllegalArgumentException(
          "no window: %d ms from %d on".formatted(millis, startEpochMillis));
    }
  }

  /** Writes one element. */
  interface Element<E> {
    void write(E element, WireWriter out);
  }

  /** Writes an array, in one block. */
  default <E> void writeList(List<E> elements, Element<E> element, WireWriter out) {
    out.writeBlock(elements.size());
    for (E each : elements) {
      element.write(each, out);
    }
    out.writeEnd();
  }

  /** In the order of their names, so that equal values have equal bytes. */
  default void writeLabels(Map<String, String> labels, WireWriter out) {
    out.writeBlock(labels.size());
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      out.writeString(label.getKey());
      out.writeString(label.getValue());
    }
    out.writeEnd();
  }
}
