// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What energy cost and emitted, added up step by step, exactly: the charges of all jobs and of idle
 * add up to those of their site.
 */
public final class Charges {
  private static final BigInteger MILLIJOULES_PER_KILOWATT_HOUR =
      BigInteger.valueOf(3_600_000_000L);
  private static final BigInteger NANO = BigInteger.valueOf(GridInterval.NANO);
  private static final int SCALE = 9;

  /** What is charged. */
  public enum Figure {
    /** Money. */
    COST,
    /** Location-based emissions, g CO2e. */
    CO2E_LOCATION,
    /** Market-based emissions, g CO2e. */
    CO2E_MARKET,
    /** Energy that was renewable physically, mJ. */
    RENEWABLE,
    /** Energy that was renewable by contract, mJ. */
    CONTRACTED,
    /** Energy that was free of carbon physically, mJ. */
    CARBON_FREE,
    /** Marginal emissions, g CO2e. */
    CO2E_MARGINAL;

    /** The factor of a step for it, or {@link StepFactors#UNKNOWN}. */
    long factorNano(StepFactors factors) {
      return switch (this) {
        case COST -> factors.priceNano();
        case CO2E_LOCATION -> factors.locationNano();
        case CO2E_MARKET -> factors.marketNano();
        case RENEWABLE -> factors.renewableNano();
        case CONTRACTED -> factors.contractedNano();
        case CARBON_FREE -> factors.carbonFreeNano();
        case CO2E_MARGINAL -> factors.marginalNano();
      };
    }

    /** True for energies, in mJ; else the unit is per kWh. */
    public boolean isEnergy() {
      return this == RENEWABLE || this == CONTRACTED || this == CARBON_FREE;
    }
  }

  private static final Figure[] FIGURES = Figure.values();

  private final Map<Figure, ExactSum> sums = new EnumMap<>(Figure.class);
  private final Map<Figure, ExactSum> known = new EnumMap<>(Figure.class);
  private final ExactSum energy = new ExactSum();
  private final ExactSum weak = new ExactSum();
  private final ExactSum residualMissing = new ExactSum();

  /** Nothing. */
  public Charges() {
    for (Figure figure : FIGURES) {
      sums.put(figure, new ExactSum());
      known.put(figure, new ExactSum());
    }
  }

  /** Adds energy of a step, mJ. */
  public void add(long millijoules, StepFactors factors) {
    if (millijoules == 0) {
      return;
    }
    energy.add(millijoules);
    for (Figure figure : FIGURES) {
      long factor = figure.factorNano(factors);
      if (factor != StepFactors.UNKNOWN) {
        sums.get(figure).addProduct(millijoules, factor);
        known.get(figure).add(millijoules);
      }
    }
    if (factors.weak()) {
      weak.add(millijoules);
    }
    if (factors.residualMissing()) {
      residualMissing.add(millijoules);
    }
  }

  /** Adds other charges. */
  public void add(Charges other) {
    energy.add(other.energy);
    weak.add(other.weak);
    residualMissing.add(other.residualMissing);
    for (Figure figure : FIGURES) {
      sums.get(figure).add(other.sums.get(figure));
      known.get(figure).add(other.known.get(figure));
    }
  }

  /** Energy that was added, mJ. */
  public ExactSum energy() {
    return energy;
  }

  /** Energy of the steps in which the factor of this figure is known, mJ. */
  public ExactSum known(Figure figure) {
    return known.get(figure);
  }

  /** Energy of the steps of which some value is estimated, forecast or synthetic, mJ. */
  public ExactSum weak() {
    return weak;
  }

  /** Energy of the steps where the location's factor stands in for a missing residual one, mJ. */
  public ExactSum residualMissing() {
    return residualMissing;
  }

  /**
   * Currency, grams or mJ, with 9 decimal places; empty if there is no step in which it is known.
   * Of the energy in steps without a factor there is nothing in it: see {@link #known}.
   */
  public Optional<BigDecimal> amount(Figure figure) {
    if (known.get(figure).isZero()) {
      return Optional.empty();
    }
    return Optional.of(
        sums.get(figure)
            .dividedBy(
                figure.isEnergy() ? NANO : NANO.multiply(MILLIJOULES_PER_KILOWATT_HOUR), SCALE));
  }

  /** The exact sum of energy times factor, mJ x 1e-9: what laws compare. */
  public ExactSum exact(Figure figure) {
    return sums.get(figure);
  }
}
