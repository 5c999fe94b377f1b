// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

/**
 * A column of a table.
 *
 * @param name for programs, in lower case with underscores and without a unit: {@code energy}
 * @param title for people: {@code Energy}
 * @param quantity what its values are of
 * @param unit of a {@link Quantity#NUMBER}: {@code tokens/J}; else empty
 * @param meaning how it is defined, in a sentence; empty if its title says it
 */
public record Column(String name, String title, Quantity quantity, String unit, String meaning) {
  /** A column without a unit of its own. */
  public static Column of(String name, String title, Quantity quantity, String meaning) {
    return new Column(name, title, quantity, "", meaning);
  }

  /** A text. */
  public static Column text(String name, String title) {
    return new Column(name, title, Quantity.TEXT, "", "");
  }

  /** A number of a unit. */
  public static Column number(String name, String title, String unit, String meaning) {
    return new Column(name, title, Quantity.NUMBER, unit, meaning);
  }
}
