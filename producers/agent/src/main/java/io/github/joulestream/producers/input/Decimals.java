// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import io.github.joulestream.energy.Bounds;
import java.math.BigDecimal;

/**
 * Numbers that others write in decimals. A number of a few characters can take minutes to work
 * with: {@code 1e-9999999} has ten million digits as soon as it is added to something. So the
 * length and the exponent have bounds, which no quantity of this world comes near.
 */
public final class Decimals {
  private static final int MAX_CHARACTERS = 64;
  private static final int MAX_DIGITS_OF_EXPONENT = 3;

  private Decimals() {}

  /**
   * An exact number.
   *
   * @param what it is called in messages
   * @throws IllegalArgumentException if it is none, or over the bounds
   */
  public static BigDecimal exact(String text, String what) {
    int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
    int digits = exponent < 0 ? 0 : text.length() - exponent - 1;
    if (digits > 0 && (text.charAt(exponent + 1) == '-' || text.charAt(exponent + 1) == '+')) {
      digits--;
    }
    if (text.length() <= MAX_CHARACTERS && digits <= MAX_DIGITS_OF_EXPONENT) {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s is %s, not a number".formatted(what, Bounds.shown(text)), e);
      }
    }
    throw new IllegalArgumentException(
        "%s is %s: longer than a number is".formatted(what, Bounds.shown(text)));
  }

  /**
   * A number as {@link Double#parseDouble} reads it, which takes any exponent in no time.
   *
   * @throws NumberFormatException if it is none, or longer than a number is
   */
  public static double approximate(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new NumberFormatException("of %d characters".formatted(text.length()));
    }
    return Double.parseDouble(text);
  }
}
