// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Values with all their digits, for programs. */
final class Exact {
  private Exact() {}

  /** A value of a table: numbers without exponents, times in UTC; empty if it is not known. */
  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case BigDecimal number -> number.toPlainString();
      case Instant time -> time.toString();
      default -> value.toString();
    };
  }
}
