// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * What one request asks of a measurement. Rows have {@link #TIME}, the tags without the window, and
 * the fields.
 *
 * @param fields of rows; not empty
 * @param window the tag of that name; empty for measurements without
 * @param names by tag: only of these, as the store has them; an empty name is an absent tag. A tag
 *     that is no key: of all
 * @param range of the time of points
 * @param condition on fields, empty for none: comparisons of fields in double quotes with numbers,
 *     which SQL and InfluxQL write alike
 * @param sums what is added up
 * @param stepMillis of sums by steps
 */
public record Selection(
    Measurement measurement,
    List<String> fields,
    String window,
    Map<String, Set<String>> names,
    TimeRange range,
    String condition,
    Sums sums,
    int stepMillis) {
  /** Column with the time of a row, Unix epoch, ns: of a sum by steps, the start of its step. */
  public static final String TIME = "time";

  /** What is added up. */
  public enum Sums {
    /** Nothing: rows are points. */
    NONE,
    /** The fields, by tags. */
    BY_TAGS,
    /** The fields, by tags and steps of time. */
    BY_TAGS_AND_STEPS
  }

  /** Points of sites. */
  static Selection points(
      Measurement measurement, List<String> fields, SortedSet<String> sites, TimeRange range) {
    return new Selection(measurement, fields, "", Map.of("site", sites), range, "", Sums.NONE, 0);
  }

  Selection ofWindow(String name) {
    return new Selection(measurement, fields, name, names, range, condition, sums, stepMillis);
  }

  Selection of(Map<String, Set<String>> newNames) {
    return new Selection(measurement, fields, window, newNames, range, condition, sums, stepMillis);
  }

  Selection where(String newCondition) {
    return new Selection(measurement, fields, window, names, range, newCondition, sums, stepMillis);
  }

  Selection within(TimeRange newRange) {
    return new Selection(measurement, fields, window, names, newRange, condition, sums, stepMillis);
  }

  Selection selecting(List<String> newFields) {
    return new Selection(measurement, newFields, window, names, range, condition, sums, stepMillis);
  }

  Selection summed(Sums by, int newStepMillis) {
    return new Selection(measurement, fields, window, names, range, condition, by, newStepMillis);
  }

  /** Tags that rows have. */
  public List<String> tags() {
    return measurement.tags().stream().filter(tag -> !tag.equals(Measurement.WINDOW)).toList();
  }
}
