// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

/** What a series of a site's supply is of, and the unit in which its values are kept. */
public enum SeriesKind {
  /** Carbon intensity; the series has a {@link CarbonBasis}. */
  CARBON("g/kWh"),
  /** Share of the source in the mix of the grid, 0 to 1. */
  MIX("ratio"),
  /** Price of energy; may be below 0. */
  PRICE("currency/kWh"),
  /** Fixed charge of a tariff. */
  FIXED_CHARGE("currency/month"),
  /** Charge for the highest mean power of a quarter of an hour of a month. */
  DEMAND_CHARGE("currency/kW-month"),
  /** Energy that the site generated in the interval, by source. */
  GENERATION("kWh"),
  /** Energy that the site fed into the grid in the interval. */
  EXPORT("kWh"),
  /** Energy into a battery in the interval; below 0: out of it. */
  BATTERY("kWh"),
  /** Energy of guarantees of origin that the site retired, by source. */
  GUARANTEE_OF_ORIGIN("kWh"),
  /** Energy delivered under power purchase agreements, by source. */
  POWER_PURCHASE("kWh"),
  /** Energy that the site generated and whose guarantees of origin it sold, by source. */
  GUARANTEE_SOLD("kWh");

  private final String unit;

  SeriesKind(String unit) {
    this.unit = unit;
  }

  /** Unit of its values. */
  public String unit() {
    return unit;
  }

  /** True if values are energies of whole intervals, which a part of an interval has a part of. */
  public boolean isEnergy() {
    return unit.equals("kWh");
  }

  /** True if its values are amounts of money. */
  public boolean isMoney() {
    return unit.startsWith("currency");
  }

  /** True if its series differ by {@link EnergySource}. */
  public boolean hasSource() {
    return switch (this) {
      case MIX, GENERATION, GUARANTEE_OF_ORIGIN, POWER_PURCHASE, GUARANTEE_SOLD -> true;
      case CARBON, PRICE, FIXED_CHARGE, DEMAND_CHARGE, EXPORT, BATTERY -> false;
    };
  }
}
