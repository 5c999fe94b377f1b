// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.grid.Charges;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Money and emissions of a part of some energy, at the mean rate of all of it. */
final class Rate {
  private static final int SCALE = 9;

  private Rate() {}

  /** A figure for a mJ; NaN if it is not known of any. */
  static double of(Charges charges, Charges.Figure figure) {
    return charges
        .amount(figure)
        .map(amount -> amount.doubleValue() / charges.known(figure).doubleValue())
        .orElse(Double.NaN);
  }

  /** A figure of the energy; null if NaN. */
  static @Nullable BigDecimal decimal(double value) {
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value).setScale(SCALE, RoundingMode.HALF_UP)
        : null;
  }

  /** Whole millijoules. */
  static BigDecimal whole(double millijoules) {
    return BigDecimal.valueOf(millijoules).setScale(0, RoundingMode.HALF_UP);
  }
}
