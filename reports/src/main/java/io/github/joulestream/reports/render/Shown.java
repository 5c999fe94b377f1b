// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

/**
 * A value as people read it.
 *
 * @param number its digits, {@code -} if it is not known; of a text or a time: all of it
 * @param unit with its prefix; may be empty
 */
record Shown(String number, String unit) {
  /** Between a number and its unit. */
  static final char THIN_SPACE = '\u2009';

  static final Shown UNKNOWN = new Shown("-", "");

  /** The number and its unit, with a thin space between. */
  String text() {
    return unit.isEmpty() ? number : number + THIN_SPACE + unit;
  }
}
