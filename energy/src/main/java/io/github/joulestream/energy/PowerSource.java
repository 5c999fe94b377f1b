// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/** How the power of a device came to be known. */
public enum PowerSource {
  /** A cumulative energy counter of the hardware. */
  COUNTER(0),
  /** A power sensor, sampled. */
  SENSOR(1),
  /** Worked out from activity and data-sheet figures; nothing was measured. */
  MODELLED(2);

  private static final PowerSource[] BY_CODE = {COUNTER, SENSOR, MODELLED};

  private final int code;

  PowerSource(int code) {
    this.code = code;
  }

  /** The number that stands for the source on the wire; it never changes. */
  public int code() {
    return code;
  }

  /**
   * The source that a code stands for.
   *
   * @throws IllegalArgumentException if this release knows no such source
   */
  public static PowerSource ofCode(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("no source of power has code " + code);
    }
    return BY_CODE[code];
  }
}
