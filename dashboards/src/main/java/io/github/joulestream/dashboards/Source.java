// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;

/** Names of a measurement as InfluxQL has them; a name that is not in the catalogue is an error. */
enum Source {
  JOB_WINDOW(Measurement.JOB_WINDOW, Windows.NAME),
  SITE_WINDOW(Measurement.SITE_WINDOW, Queries.WINDOW),
  NODE_WINDOW(Measurement.NODE_WINDOW, Windows.NAME),
  LEDGER(Measurement.LEDGER, Queries.WINDOW),
  JOB_SUMMARY(Measurement.JOB_SUMMARY, ""),
  PIPELINE(Measurement.PIPELINE, Windows.NAME),
  ALERT(Measurement.ALERT, ""),
  BUDGET(Measurement.BUDGET, ""),
  /** Of any length: a site chooses it, and all figures are ratios of sums. */
  DEVICE_WINDOW(Measurement.DEVICE_WINDOW, ""),
  PLACEMENT(Measurement.PLACEMENT, ""),
  JOB_QUARTER_HOUR(Measurement.JOB_QUARTER_HOUR, ""),
  NODE(Measurement.NODE, ""),
  CAPACITY(Measurement.CAPACITY, Queries.WINDOW),
  POOL_PEAK(Measurement.POOL_PEAK, ""),
  GRID(Measurement.GRID, ""),
  GRID_NOW(Measurement.GRID_NOW, "");

  private final Measurement measurement;
  private final String window;

  /**
   * @param window length of the windows that its points are of, or how often they are written;
   *     empty for what has no windows, or has them of a length that does not matter
   */
  Source(Measurement measurement, String window) {
    this.measurement = measurement;
    this.window = window;
  }

  /** Length of the windows that its points are of; the chosen one where there are several. */
  String window() {
    return window;
  }

  /** Whether queries choose the length of the windows that its points are of. */
  boolean hasWindows() {
    return !window.isEmpty() && measurement.tags().contains(Measurement.WINDOW);
  }

  /**
   * How long the store keeps its points.
   *
   * @param window length of their window; not used by measurements without windows
   */
  Retention retention(String window) {
    return measurement.retention(window);
  }

  /** Where its points are; those of {@link Queries#WINDOW} are where the operator chooses. */
  DataSource dataSource(String window) {
    return hasWindows() && window.equals(Queries.WINDOW)
        ? DataSource.OF_CHOSEN_WINDOWS
        : DataSource.of(retention(window));
  }

  String ofWindow(String length) {
    if (this == CAPACITY && length.equals(Queries.WINDOW)) {
      // of 1 min in the store of weeks, where others have 10 s; of 1 h in that of years
      return tag(Measurement.WINDOW) + " =~ /^(1m|" + length + ")$/";
    }
    return tag(Measurement.WINDOW) + " = '" + length + "'";
  }

  String quoted() {
    return quote(measurement.measurementName());
  }

  String field(String name) {
    if (!measurement.fields().containsKey(name)) {
      throw new IllegalArgumentException(measurement.measurementName() + " has no field " + name);
    }
    return quote(name);
  }

  String field(Enum<?> amount) {
    return field(Measurement.field(amount));
  }

  String tag(String name) {
    if (!measurement.tags().contains(name)) {
      throw new IllegalArgumentException(measurement.measurementName() + " has no tag " + name);
    }
    return quote(name);
  }

  String sum(String field) {
    return "sum(" + field(field) + ")";
  }

  String sum(Enum<?> amount) {
    return sum(Measurement.field(amount));
  }

  static String quote(String name) {
    return '"' + name + '"';
  }
}
