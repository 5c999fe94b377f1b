// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.util.Locale;

/**
 * What a carbon intensity is of. Intensities of different bases are never in one figure.
 *
 * @param method of the GHG Protocol's Scope 2 Guidance
 * @param rate of the mean of all plants, or of the plant that a further kWh comes from
 * @param scope of the plants' whole life, or of what they burn
 */
public record CarbonBasis(Method method, Rate rate, Scope scope) {
  /** Of a series that has none. */
  public static final CarbonBasis NONE = new CarbonBasis(Method.NONE, Rate.NONE, Scope.NONE);

  /** How it is accounted for. */
  public enum Method {
    NONE,
    /** The grid that the site is on. */
    LOCATION,
    /** The supplier's own factor. */
    MARKET,
    /** What is left of the grid's mix after all contracts. */
    RESIDUAL
  }

  /** Of which plants. */
  public enum Rate {
    NONE,
    AVERAGE,
    MARGINAL
  }

  /** Of which emissions. */
  public enum Scope {
    NONE,
    LIFECYCLE,
    DIRECT
  }

  public CarbonBasis {
    boolean some = method != Method.NONE;
    if (some != (rate != Rate.NONE) || some != (scope != Scope.NONE)) {
      throw new IllegalArgumentException(
          "a carbon intensity needs a method, a rate and a scope: %s %s %s"
              .formatted(method, rate, scope));
    }
  }

  /** {@code location-average-lifecycle}; empty if none. */
  public String text() {
    return equals(NONE) ? "" : "%s-%s-%s".formatted(method, rate, scope).toLowerCase(Locale.ROOT);
  }

  /**
   * The basis of a text.
   *
   * @throws IllegalArgumentException if it is not of the form of {@link #text}
   */
  public static CarbonBasis parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    String[] parts = text.toUpperCase(Locale.ROOT).split("-", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "'%s' is no basis such as location-average-lifecycle".formatted(text));
    }
    try {
      return new CarbonBasis(
          Method.valueOf(parts[0]), Rate.valueOf(parts[1]), Scope.valueOf(parts[2]));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          ("'%s' is no basis such as location-average-lifecycle, residual-average-direct or"
                  + " location-marginal-direct")
              .formatted(text),
          e);
    }
  }
}
