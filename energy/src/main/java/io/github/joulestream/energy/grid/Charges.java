// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What energy cost and emitted, added up step by step, exactly: the charges of all jobs and of idle
 * add up to those of their site.
 */
@SuppressWarnings("EnumOrdinal") // a position in arrays of this class
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

    /** True for energies, in mJ; else the unit is per kWh. */
    public boolean isEnergy() {
      return this == RENEWABLE || this == CONTRACTED || this == CARBON_FREE;
    }
  }

  private static final Figure[] FIGURES = Figure.values();

  private final ExactSum[] sums = new ExactSum[FIGURES.length];
  // of the energy without a factor, since most steps have all; null: none yet
  private final @Nullable ExactSum[] missing = new @Nullable ExactSum[FIGURES.length];
  private final ExactSum energy = new ExactSum();
  private final ExactSum weak = new ExactSum();
  private final ExactSum residualMissing = new ExactSum();
  // a bit a figure that some step had a factor of: its amount is known, and may be 0
  private int knownBits;

  /** Nothing. */
  public Charges() {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new ExactSum();
    }
  }

  /** Adds energy of a step, mJ. */
  public void add(long millijoules, StepFactors factors) {
    energy.add(millijoules);
    add(Figure.COST, factors.priceNano(), millijoules);
    add(Figure.CO2E_LOCATION, factors.locationNano(), millijoules);
    add(Figure.CO2E_MARKET, factors.marketNano(), millijoules);
    add(Figure.RENEWABLE, factors.renewableNano(), millijoules);
    add(Figure.CONTRACTED, factors.contractedNano(), millijoules);
    add(Figure.CARBON_FREE, factors.carbonFreeNano(), millijoules);
    add(Figure.CO2E_MARGINAL, factors.marginalNano(), millijoules);
    if (factors.weak()) {
      weak.add(millijoules);
    }
    if (factors.residualMissing()) {
      residualMissing.add(millijoules);
    }
  }

  private void add(Figure figure, long factor, long millijoules) {
    int index = figure.ordinal();
    if (factor == StepFactors.UNKNOWN) {
      missing(index).add(millijoules);
    } else {
      knownBits |= 1 << index;
      sums[index].addProduct(millijoules, factor);
    }
  }

  private ExactSum missing(int index) {
    ExactSum sum = missing[index];
    if (sum == null) {
      sum = new ExactSum();
      missing[index] = sum;
    }
    return sum;
  }

  /** Adds other charges. */
  public void add(Charges other) {
    energy.add(other.energy);
    weak.add(other.weak);
    residualMissing.add(other.residualMissing);
    knownBits |= other.knownBits;
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(other.sums[i]);
      ExactSum otherMissing = other.missing[i];
      if (otherMissing != null) {
        missing(i).add(otherMissing);
      }
    }
  }

  /**
   * Adds energy of several steps, mJ, without any of its figures: each of them is to be added too.
   *
   * @param weakMillijoules of it, in the sense of {@link #weak}
   * @param residualMissingMillijoules of it, in the sense of {@link #residualMissing}
   */
  public void add(long millijoules, long weakMillijoules, long residualMissingMillijoules) {
    energy.add(millijoules);
    weak.add(weakMillijoules);
    residualMissing.add(residualMissingMillijoules);
  }

  /**
   * Adds a figure of energy that was added without it.
   *
   * @param exact sum of energy times factor, mJ x 1e-9
   * @param missingMillijoules energy in steps without a factor
   * @param known whether some step had a factor
   */
  public void add(Figure figure, ExactSum exact, long missingMillijoules, boolean known) {
    int index = figure.ordinal();
    sums[index].add(exact);
    if (missingMillijoules != 0) {
      missing(index).add(missingMillijoules);
    }
    if (known) {
      knownBits |= 1 << index;
    }
  }

  /** Energy that was added, mJ. */
  public ExactSum energy() {
    return energy;
  }

  /** Energy of the steps in which the factor of this figure is known, mJ. */
  public ExactSum known(Figure figure) {
    ExactSum known = energy.copy();
    ExactSum without = missing[figure.ordinal()];
    if (without != null) {
      known.subtract(without);
    }
    return known;
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
   * It is 0, and not empty, if energy of such steps is 0 or cancels. Of the energy in steps without
   * a factor there is nothing in it: see {@link #known}.
   */
  public Optional<BigDecimal> amount(Figure figure) {
    if ((knownBits & 1 << figure.ordinal()) == 0) {
      return Optional.empty();
    }
    return Optional.of(
        sums[figure.ordinal()].dividedBy(
            figure.isEnergy() ? NANO : NANO.multiply(MILLIJOULES_PER_KILOWATT_HOUR), SCALE));
  }

  /** The exact sum of energy times factor, mJ x 1e-9: what laws compare. */
  public ExactSum exact(Figure figure) {
    return sums[figure.ordinal()].copy();
  }
}
