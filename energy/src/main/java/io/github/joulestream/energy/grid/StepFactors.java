// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

/**
 * What a kWh of measured energy cost and emitted in one step of time of one site: all figures of a
 * step are its energy times these. Overhead of the facility is in the money and the emissions: they
 * were multiplied by the facility's energy over the measured energy of the step. Whole numbers, so
 * that sums over jobs and idle equal those of the site exactly.
 *
 * @param priceNano 1e-9 of the currency per kWh of measured energy
 * @param locationNano location-based emissions, 1e-9 g CO2e per kWh of measured energy
 * @param marketNano market-based emissions, 1e-9 g CO2e per kWh of measured energy
 * @param renewableNano 1e-9 of the energy that was renewable physically: own and the grid's mix
 * @param contractedNano 1e-9 of the energy that was renewable by contract: with what was purchased,
 *     and without what was sold
 * @param carbonFreeNano 1e-9 of the energy that was free of carbon physically
 * @param marginalNano marginal emissions, 1e-9 g CO2e per kWh of measured energy; for what-ifs
 * @param facilityNano 1e-9 of the facility's energy over the measured energy; {@link #UNKNOWN}: no
 *     meter, so 1 was used
 * @param weak whether some value used was estimated, forecast or synthetic
 * @param residualMissing whether the location's factor was taken where there is no residual one
 */
public record StepFactors(
    long priceNano,
    long locationNano,
    long marketNano,
    long renewableNano,
    long contractedNano,
    long carbonFreeNano,
    long marginalNano,
    long facilityNano,
    boolean weak,
    boolean residualMissing) {
  /** Of a figure that is not known in this step. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Of a step of which nothing is known. */
  public static final StepFactors NOTHING =
      new StepFactors(
          UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, false, false);

  /** The factor of a figure, or {@link #UNKNOWN}. */
  public long of(Charges.Figure figure) {
    return switch (figure) {
      case COST -> priceNano;
      case CO2E_LOCATION -> locationNano;
      case CO2E_MARKET -> marketNano;
      case RENEWABLE -> renewableNano;
      case CONTRACTED -> contractedNano;
      case CARBON_FREE -> carbonFreeNano;
      case CO2E_MARGINAL -> marginalNano;
    };
  }
}
