// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Size categories of Annex IV, by installed power of information technology. */
enum SizeClass {
  /** The Regulation does not ask for them. */
  BELOW("under 100 kW", 100),
  VERY_SMALL("very small, 100 to 500 kW", 500),
  SMALL("small, 500 to 1,000 kW", 1_000),
  MEDIUM("medium, 1 to 2 MW", 2_000),
  LARGE("large, 2 to 10 MW", 10_000),
  VERY_LARGE("very large, over 10 MW", Long.MAX_VALUE),
  UNKNOWN("not known: PD_IT is missing", Long.MAX_VALUE);

  private final String text;
  private final long belowKilowatts;

  SizeClass(String text, long belowKilowatts) {
    this.text = text;
    this.belowKilowatts = belowKilowatts;
  }

  /** For people. */
  String text() {
    return text;
  }

  /** Of a power; a power at an edge belongs to the larger class, and 10 MW to large. */
  static SizeClass of(@Nullable BigDecimal kilowatts) {
    if (kilowatts == null) {
      return UNKNOWN;
    }
    for (SizeClass each : values()) {
      BigDecimal below = BigDecimal.valueOf(each.belowKilowatts);
      int compared = kilowatts.compareTo(below);
      if (compared < 0 || (compared == 0 && each == LARGE)) {
        return each;
      }
    }
    return VERY_LARGE;
  }
}
