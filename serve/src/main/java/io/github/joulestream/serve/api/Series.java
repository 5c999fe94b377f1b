// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Columns of numbers over the steps of a range; what is not set is not known. */
final class Series {
  private static final int MILLIS_PER_SECOND = 1_000;

  private final long start;
  private final int stepMillis;
  private final int steps;
  private final long until;
  private final Map<String, @Nullable Number[]> columns = new LinkedHashMap<>();

  /**
   * Columns over a range.
   *
   * @param range aligned to steps
   * @param until steps that end later are left out, see {@link Settled}
   */
  Series(Range range, int stepMillis, long until, List<String> names) {
    this.start = range.from().toEpochMilli();
    this.stepMillis = stepMillis;
    this.steps = Math.toIntExact(range.steps(stepMillis));
    this.until = until;
    names.forEach(name -> columns.put(name, new @Nullable Number[steps]));
  }

  int steps() {
    return steps;
  }

  /** The position of a step; -1 if it is left out. */
  int index(long stepStart) {
    long index = Math.floorDiv(stepStart - start, stepMillis);
    return index < 0 || index >= steps || stepStart + stepMillis > until ? -1 : (int) index;
  }

  /** Sets a number; null: it is not known. */
  void set(String name, int index, @Nullable Number value) {
    @Nullable Number[] column = columns.get(name);
    if (column == null) {
      throw new IllegalArgumentException("no column " + name);
    }
    column[index] = value;
  }

  /** Mean power over a step, mW, of its energy, mJ. */
  long milliwatts(long millijoules) {
    return Math.round((double) millijoules * MILLIS_PER_SECOND / stepMillis);
  }

  /** By name, for JSON. */
  Map<String, List<@Nullable Number>> values() {
    Map<String, List<@Nullable Number>> values = new LinkedHashMap<>();
    columns.forEach((name, column) -> values.put(name, Arrays.asList(column)));
    return values;
  }

  /** A row a step: its start, then the columns in their order. */
  List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> rows = new ArrayList<>(steps);
    for (int i = 0; i < steps; i++) {
      List<@Nullable Object> row = new ArrayList<>(columns.size() + 1);
      row.add(Times.text(start + (long) i * stepMillis));
      for (@Nullable Number[] column : columns.values()) {
        row.add(column[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** Names of the columns of {@link #rows}: in lower case, with underscores. */
  List<String> columns() {
    List<String> names = new ArrayList<>();
    names.add("step_start");
    columns.keySet().forEach(name -> names.add(Names.snake(name)));
    return names;
  }
}
