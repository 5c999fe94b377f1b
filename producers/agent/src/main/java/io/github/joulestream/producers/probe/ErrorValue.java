// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

/**
 * Numbers that interfaces of power and energy give in place of a reading. They look like readings
 * and are none:
 *
 * <ul>
 *   <li>32 bits that are all ones: ACPI 4.0 (10.4.1, _PMM: the meter cannot measure),
 *       NVML_VALUE_NOT_AVAILABLE; drivers multiply them into their unit
 *   <li>blank values of DCGM and NVML: 7FFFFFF0h to 7FFFFFFFh, and the same with 64 bits
 *   <li>whatever is below zero
 * </ul>
 */
public final class ErrorValue {
  private static final long ONES = 0xFFFF_FFFFL;
  private static final long BLANK = 0x7FFF_FFF0L;
  private static final long BLANKS = 16;
  private static final long LONG_BLANK = Long.MAX_VALUE - (BLANKS - 1);
  // milli, micro
  private static final long[] UNITS = {1, 1_000, 1_000_000};

  private ErrorValue() {}

  /** True if a number that is a power or a counter, in whatever unit, is no reading. */
  public static boolean is(long number) {
    if (number < 0 || number >= LONG_BLANK) {
      return true;
    }
    for (long unit : UNITS) {
      long whole = number / unit;
      if (whole * unit == number && (whole == ONES || (whole >= BLANK && whole < BLANK + BLANKS))) {
        return true;
      }
    }
    return false;
  }

  /** True if a power in W is no reading of a node: one that runs consumes some. */
  static boolean isOfNode(double watts) {
    // 16 bits that are all ones: no node consumes 65 kW
    return !(watts > 0 && watts < Long.MAX_VALUE / 1e6) || watts == 0xFFFF || is(Math.round(watts));
  }
}
