// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.util.List;

/**
 * A picture of columns of its section's table; it has no figures of its own.
 *
 * @param form what it is drawn as
 * @param title what it shows, as a sentence: {@code Idle power fell by a third after the 12th}
 * @param x column of the categories, times or numbers along the horizontal axis
 * @param series columns that are drawn, in their order
 * @param shape of a scatter: column whose text decides the shape of a dot; else empty
 */
public record Chart(Form form, String title, String x, List<Series> series, String shape) {
  /** How it is drawn. */
  public enum Form {
    /** One horizontal bar of the first row: its series as parts of a whole. */
    PARTS,
    /** A vertical column for each row, series stacked; from zero. */
    COLUMNS,
    /** A horizontal bar for each row, series stacked; from zero. */
    BARS,
    /** A line for each series. */
    LINES,
    /** A dot for each row: x against the first series, both logarithmic. */
    SCATTER,
    /** One small chart of columns for each series, all on one scale. */
    SMALL_MULTIPLES
  }

  /**
   * A column that is drawn.
   *
   * @param column its name
   * @param role what it is of, which decides its colour and pattern
   */
  public record Series(String column, Role role) {}

  /** What something drawn is of; the same colour in every report, dashboard and page. */
  public enum Role {
    GPU,
    CPU,
    MEMORY,
    STORAGE,
    REST_OF_NODE,
    /** Booked to jobs and used. */
    JOBS,
    IDLE,
    HELD_IDLE,
    OVERHEAD,
    OVER_LIMIT,
    COST,
    CARBON,
    RENEWABLE,
    /** A limit or a projection. */
    LIMIT,
    /** Anything else: the n-th of them has the n-th further colour. */
    OTHER
  }

  public Chart {
    series = List.copyOf(series);
  }
}
