// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.StateFormat;

/**
 * Sections of a site's alert state, in the order in which they are restored: nodes are known before
 * budgets, and budgets before their energy. The code is the first character of an entry's key and
 * the first byte of its value, so a constant may be renamed, and its code may not. Codes rise,
 * since a store is read in the order of its keys.
 */
@SuppressWarnings("ImmutableEnumChecker") // a record of a text and three numbers
enum StateSection {
  CLOCK('a', "the clock of a site's alert state"),
  LABELS('b', "the labels of a node in alert state"),
  JOB('c', "the record of a job in alert state"),
  POWER('d', "a power record of alert state"),
  FLOOR('e', "the lowest power of a node in alert state"),
  BUDGET('f', "a budget of alert state"),
  ENERGY('g', "an energy bucket of alert state"),
  /** Since version 2 windows of the site hold all kinds of its meters. */
  WINDOW('h', "an energy window of alert state", 2),
  ALARM('i', "an alarm of alert state"),
  CAPACITY('j', "the capacity of a site in alert state"),
  POOL_ORDER('k', "the order of nodes of pools in alert state"),
  POOL_PEAKS('l', "peaks of pools in alert state");

  private static final int FIRST_VERSION = 1;

  private final char code;
  private final StateFormat format;

  StateSection(char code, String kind) {
    this(code, kind, FIRST_VERSION);
  }

  /**
   * @param version raised with each change of what its values hold; all since the first are read
   */
  StateSection(char code, String kind, int version) {
    this.code = code;
    this.format = new StateFormat(kind, code, FIRST_VERSION, version);
  }

  char code() {
    return code;
  }

  StateFormat format() {
    return format;
  }
}
