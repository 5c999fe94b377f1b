// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of rows; null is not known. */
final class Cells {
  /** A row's name where an attribute is empty. */
  static final String UNKNOWN = "(unknown)";

  private static final MathContext DIGITS = new MathContext(12);

  private Cells() {}

  /** A row. */
  static List<@Nullable Object> row(@Nullable Object... values) {
    return Collections.unmodifiableList(new ArrayList<@Nullable Object>(Arrays.asList(values)));
  }

  /** A name, also of nothing. */
  static String name(String name) {
    return name.isEmpty() ? UNKNOWN : name;
  }

  static BigDecimal sum(ExactSum sum) {
    return new BigDecimal(sum.value());
  }

  /** A part over a whole; null if the whole is 0 or below. */
  static @Nullable BigDecimal ratio(ExactSum part, ExactSum whole) {
    return whole.signum() <= 0
        ? null
        : new BigDecimal(part.value()).divide(new BigDecimal(whole.value()), DIGITS);
  }

  /** A number of 12 digits; null if it is none. */
  static @Nullable BigDecimal number(double value) {
    return Double.isFinite(value) ? Said.decimal(value) : null;
  }

  /** Share of energy of a figure, among the energy of which it is known. */
  static @Nullable BigDecimal share(Charges charges, Charges.Figure figure) {
    BigDecimal known = sum(charges.known(figure));
    return known.signum() <= 0
        ? null
        : charges.amount(figure).map(amount -> amount.divide(known, DIGITS)).orElse(null);
  }

  /** An amount; null if it is known nowhere. */
  static @Nullable BigDecimal amount(Charges charges, Charges.Figure figure) {
    return charges.amount(figure).orElse(null);
  }

  /** What changed against an earlier value; null if either is not known, or the earlier one 0. */
  static @Nullable BigDecimal change(@Nullable BigDecimal now, @Nullable BigDecimal earlier) {
    return now == null || earlier == null || earlier.signum() == 0
        ? null
        : now.subtract(earlier).divide(earlier.abs(), DIGITS);
  }
}
