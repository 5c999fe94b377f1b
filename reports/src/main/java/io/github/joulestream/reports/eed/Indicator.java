// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * An indicator of a site's year.
 *
 * @param symbol as in the Regulation: {@code E_DC}
 * @param meaning for people
 * @param unit empty of a text
 * @param value null: missing, or a text
 * @param text of an indicator that is no number; else empty
 * @param source where the value is from, or why it is missing
 * @param covered share of the year that was measured; null: not a matter of measuring
 */
record Indicator(
    String symbol,
    String meaning,
    String unit,
    @Nullable BigDecimal value,
    String text,
    String source,
    @Nullable BigDecimal covered) {
  /** What the source of a missing value begins with. */
  static final String MISSING = "missing";

  private static final int DECIMALS = 6;

  /** The value in full, to 6 decimal places, or the text; empty if missing. */
  String asReported() {
    return value == null
        ? text
        : value.setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }

  boolean isThere() {
    return value != null || !text.isEmpty();
  }
}
