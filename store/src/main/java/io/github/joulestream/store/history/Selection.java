// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * What one request asks of a measurement. Rows have {@link #TIME}, the tags, of which the window
 * only if it is not given, and the fields.
 *
 * @param fields of rows; not empty
 * @param window the tag of that name; empty for measurements without
 * @param names by tag: only of these, as the store has them; an empty name is an absent tag. A tag
 *     that is no key: of all
 * @param range of the time of points
 * @param condition on fields, empty for none: comparisons of fields in double quotes with numbers,
 *     which SQL and InfluxQL write alike
 * @param texts by text field: only rows in which any of these fields is equal to any of its texts,
 *     as the store has them; empty for none
 * @param sums what is added up
 * @param stepMillis of sums by steps
 * @param mostRows that the store may leave out rows after, in each series at least; 0: none
 */
public record Selection(
    Measurement measurement,
    List<String> fields,
    String window,
    Map<String, Set<String>> names,
    TimeRange range,
    String condition,
    Map<String, Set<String>> texts,
    Sums sums,
    int stepMillis,
    int mostRows) {
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
    return new Selection(
        measurement, fields, "", Map.of("site", sites), range, "", Map.of(), Sums.NONE, 0, 0);
  }

  Selection ofWindow(String name) {
    return new Selection(
        measurement, fields, name, names, range, condition, texts, sums, stepMillis, mostRows);
  }

  Selection of(Map<String, Set<String>> newNames) {
    return new Selection(
        measurement, fields, window, newNames, range, condition, texts, sums, stepMillis, mostRows);
  }

  /** With the condition that a tag has one of these names, beside those of other tags. */
  Selection and(String tag, Set<String> of) {
    Map<String, Set<String>> all = new HashMap<>(names);
    all.put(tag, of);
    return of(all);
  }

  Selection where(String newCondition) {
    return new Selection(
        measurement, fields, window, names, range, newCondition, texts, sums, stepMillis, mostRows);
  }

  Selection ofTexts(Map<String, Set<String>> newTexts) {
    return new Selection(
        measurement, fields, window, names, range, condition, newTexts, sums, stepMillis, mostRows);
  }

  Selection within(TimeRange newRange) {
    return new Selection(
        measurement, fields, window, names, newRange, condition, texts, sums, stepMillis, mostRows);
  }

  Selection selecting(List<String> newFields) {
    return new Selection(
        measurement, newFields, window, names, range, condition, texts, sums, stepMillis, mostRows);
  }

  Selection summed(Sums by, int newStepMillis) {
    return new Selection(
        measurement, fields, window, names, range, condition, texts, by, newStepMillis, mostRows);
  }

  Selection limited(int rows) {
    return new Selection(
        measurement, fields, window, names, range, condition, texts, sums, stepMillis, rows);
  }

  /** True if no row can meet its conditions. */
  boolean isOfNothing() {
    return names.values().stream().anyMatch(Set::isEmpty)
        || (!texts.isEmpty() && texts.values().stream().allMatch(Set::isEmpty));
  }

  /** Tags that rows have: without the window, where it is one. */
  public List<String> tags() {
    return window.isEmpty()
        ? measurement.tags()
        : measurement.tags().stream().filter(tag -> !tag.equals(Measurement.WINDOW)).toList();
  }
}
