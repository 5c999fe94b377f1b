// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names of columns for programs, with their units: {@code energy_millijoules}. */
final class Names {
  private Names() {}

  /**
   * Names of the columns in JSON, which has the model's units. A text, a time, a count and an
   * amount of money have none; that of a number is its column's.
   */
  static List<String> json(List<Column> columns) {
    List<String> names = new ArrayList<>(columns.size());
    Set<String> taken = new HashSet<>();
    for (Column column : columns) {
      names.add(distinct(withUnit(column.name(), unit(column)), taken));
    }
    return names;
  }

  private static String unit(Column column) {
    return switch (column.quantity()) {
      case TEXT, TIME, COUNT, MONEY -> "";
      case NUMBER -> spelled(column.unit());
      default -> column.quantity().unit();
    };
  }

  /** The value of a tile in JSON. */
  static String tile(Quantity quantity) {
    return withUnit("value", unit(Column.of("value", "", quantity, "")));
  }

  /** A name and a unit, which is not said twice. */
  static String withUnit(String name, String unit) {
    return unit.isEmpty() || name.equals(unit) || name.endsWith("_" + unit)
        ? name
        : name + "_" + unit;
  }

  /** A unit in lower case and underscores: {@code tokens_per_j}. */
  static String spelled(String unit) {
    return unit.toLowerCase(Locale.ROOT)
        .replace("/", "_per_")
        .replace("%", "percent")
        .replace("²", "2")
        .replace("³", "3")
        .replace("°", "deg")
        .replaceAll("[^a-z0-9]+", "_")
        .replaceAll("^_|_$", "");
  }

  /** The name, with a number behind it if a column before has the same. */
  static String distinct(String name, Set<String> taken) {
    String distinct = name;
    for (int i = 2; !taken.add(distinct); i++) {
      distinct = name + "_" + i;
    }
    return distinct;
  }
}
