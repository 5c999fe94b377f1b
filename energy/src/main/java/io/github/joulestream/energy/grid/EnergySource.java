// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

/** Where electricity comes from. Nuclear power is free of carbon and not renewable. */
public enum EnergySource {
  /** Of a series that has no source. */
  NONE(false, false),
  SOLAR(true, true),
  WIND(true, true),
  HYDRO(true, true),
  GEOTHERMAL(true, true),
  BIOMASS(true, true),
  NUCLEAR(false, true),
  GAS(false, false),
  COAL(false, false),
  OIL(false, false),
  /** Storage, of unknown charge. */
  BATTERY(false, false),
  /** From elsewhere, of unknown mix. */
  IMPORT(false, false),
  OTHER(false, false),
  /** All renewable sources together, where a feed gives their share alone. */
  RENEWABLE(true, true),
  /** All sources free of carbon together, where a feed gives their share alone. */
  CARBON_FREE(false, true);

  private final boolean renewable;
  private final boolean carbonFree;

  EnergySource(boolean renewable, boolean carbonFree) {
    this.renewable = renewable;
    this.carbonFree = carbonFree;
  }

  public boolean isRenewable() {
    return renewable;
  }

  public boolean isCarbonFree() {
    return carbonFree;
  }

  /** True if it is a sum of other sources. */
  public boolean isSum() {
    return this == RENEWABLE || this == CARBON_FREE;
  }
}
