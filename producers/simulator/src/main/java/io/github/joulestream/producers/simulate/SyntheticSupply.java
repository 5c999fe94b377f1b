// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Rate;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SplittableRandom;

/**
 * The supply of a simulated site by the hour: a grid with sun by day, wind that comes and goes,
 * nuclear power, and coal and gas for the rest; a price that follows what sun and wind leave; the
 * site's own solar plant. Made up, and marked as such. A function of the seed and the hour alone.
 */
final class SyntheticSupply {
  static final long HOUR_MILLIS = 3_600_000;

  private static final int HOURS_PER_DAY = 24;
  private static final int DAYS_PER_WEEK = 7;
  // 1970-01-01 was a Thursday: days 2 and 3 after it, and each week later, are the weekend
  private static final int SATURDAY = 2;
  private static final int SUNDAY = 3;
  private static final long MINUTE_MILLIS = 60_000;
  // values are issued so long before their hour
  private static final long AHEAD_MILLIS = 48 * HOUR_MILLIS;

  private static final int DIGITS = 4;
  private static final int NANO_DIGITS = 9;

  // shares of the mix; sun and wind come on top, coal and gas make up the rest
  private static final double NUCLEAR = 0.14;
  private static final double HYDRO = 0.05;
  private static final double BIOMASS = 0.06;
  private static final double SUN_MOST = 0.32;
  private static final double WIND_LEAST = 0.08;
  private static final double WIND_RANGE = 0.3;
  private static final double COAL_OF_REST = 0.4;
  // hours from one value of the wind to the next
  private static final int WIND_HOURS = 9;
  // of renewable energy, so much is claimed by contracts and is missing in the residual mix
  private static final double CLAIMED = 0.6;

  // demand of the country, of its highest
  private static final double[] DEMAND_BY_HOUR = {
    0.62, 0.59, 0.57, 0.57, 0.59, 0.66, 0.78, 0.88, 0.92, 0.91, 0.89, 0.88,
    0.87, 0.85, 0.84, 0.86, 0.92, 0.99, 1.00, 0.97, 0.90, 0.82, 0.74, 0.67
  };
  private static final double WEEKEND_DEMAND = 0.85;
  // a price of 0 where sun and wind are over a fifth of the highest demand short of it
  private static final double PRICE_PER_DEMAND = 0.28;
  private static final double PRICE_OFFSET = 0.06;
  private static final String CURRENCY = "EUR";

  private final String site;
  private final long seed;
  private final int nodes;

  SyntheticSupply(SimulationOptions options) {
    this.site = options.site();
    this.seed = options.seed();
    this.nodes = options.nodes();
  }

  /**
   * Values of an hour.
   *
   * @param start Unix epoch, ms; a whole hour
   */
  List<GridInterval> hour(long start) {
    Day day = new Day(seed);
    double sunshine = 0;
    for (long time = start; time < start + HOUR_MILLIS; time += MINUTE_MILLIS) {
      day.moveTo(time);
      sunshine += day.sunshine() * MINUTE_MILLIS / HOUR_MILLIS;
    }
    Map<EnergySource, BigDecimal> mix = mix(start, sunshine);
    List<GridInterval> intervals = new ArrayList<>();
    mix.forEach((source, share) ->
        intervals.add(interval(GridSeries.of(SeriesKind.MIX, source), start, share)));
    Map<EnergySource, BigDecimal> residual = residual(mix);
    for (Scope scope : List.of(Scope.LIFECYCLE, Scope.DIRECT)) {
      intervals.add(carbon(Method.LOCATION, Rate.AVERAGE, scope, start, mix));
      intervals.add(carbon(Method.RESIDUAL, Rate.AVERAGE, scope, start, residual));
    }
    // a further kWh comes from gas
    intervals.add(
        carbon(
            Method.LOCATION,
            Rate.MARGINAL,
            Scope.LIFECYCLE,
            start,
            Map.of(EnergySource.GAS, BigDecimal.ONE)));
    intervals.add(interval(GridSeries.of(SeriesKind.PRICE), start, price(start, mix)));
    intervals.add(
        interval(
            GridSeries.of(SeriesKind.GENERATION, EnergySource.SOLAR),
            start,
            rounded(nodes * SiteMeters.SOLAR_MILLIWATTS_PER_NODE * sunshine / 1e6)));
    return intervals;
  }

  private Map<EnergySource, BigDecimal> mix(long start, double sunshine) {
    Map<EnergySource, BigDecimal> mix = new EnumMap<>(EnergySource.class);
    mix.put(EnergySource.NUCLEAR, rounded(NUCLEAR));
    mix.put(EnergySource.HYDRO, rounded(HYDRO));
    mix.put(EnergySource.BIOMASS, rounded(BIOMASS));
    mix.put(EnergySource.SOLAR, rounded(SUN_MOST * sunshine));
    mix.put(EnergySource.WIND, rounded(WIND_LEAST + WIND_RANGE * wind(start)));
    BigDecimal rest = mix.values().stream().reduce(BigDecimal.ONE, BigDecimal::subtract);
    mix.put(EnergySource.COAL, rounded(COAL_OF_REST * rest.doubleValue()));
    mix.put(EnergySource.GAS, rest.subtract(rounded(COAL_OF_REST * rest.doubleValue())));
    return mix;
  }

  /** The mix less the claimed part of renewable energy, not yet made up to 1. */
  private static Map<EnergySource, BigDecimal> residual(Map<EnergySource, BigDecimal> mix) {
    Map<EnergySource, BigDecimal> residual = new EnumMap<>(EnergySource.class);
    mix.forEach((source, share) ->
        residual.put(
            source,
            source.isRenewable() ? share.multiply(BigDecimal.valueOf(1 - CLAIMED)) : share));
    return residual;
  }

  private double wind(long start) {
    long hour = Math.floorDiv(start, HOUR_MILLIS);
    long slot = Math.floorDiv(hour, WIND_HOURS);
    double fraction = Math.floorMod(hour, WIND_HOURS) / (double) WIND_HOURS;
    return (1 - fraction) * windOf(slot) + fraction * windOf(slot + 1);
  }

  private double windOf(long slot) {
    return new SplittableRandom(seed * 7_000_003 + slot).nextDouble();
  }

  /** Currency per kWh: by what demand is left after sun and wind; below 0 where they are ample. */
  private static BigDecimal price(long start, Map<EnergySource, BigDecimal> mix) {
    long hour = Math.floorDiv(start, HOUR_MILLIS);
    long weekday = Math.floorMod(Math.floorDiv(hour, HOURS_PER_DAY), DAYS_PER_WEEK);
    double demand = DEMAND_BY_HOUR[Math.floorMod(hour, HOURS_PER_DAY)];
    if (weekday == SATURDAY || weekday == SUNDAY) {
      demand *= WEEKEND_DEMAND;
    }
    double variable =
        share(mix, EnergySource.SOLAR).add(share(mix, EnergySource.WIND)).doubleValue();
    return rounded(PRICE_PER_DEMAND * (demand - variable) - PRICE_OFFSET);
  }

  private static BigDecimal share(Map<EnergySource, BigDecimal> mix, EnergySource source) {
    return mix.getOrDefault(source, BigDecimal.ZERO);
  }

  private GridInterval carbon(
      Method method, Rate rate, Scope scope, long start, Map<EnergySource, BigDecimal> shares) {
    BigDecimal grams = BigDecimal.ZERO;
    BigDecimal all = BigDecimal.ZERO;
    for (Entry<EnergySource, BigDecimal> one : shares.entrySet()) {
      grams = grams.add(one.getValue().multiply(gramsPerKilowattHour(one.getKey(), scope)));
      all = all.add(one.getValue());
    }
    return interval(
        GridSeries.carbon(new CarbonBasis(method, rate, scope)),
        start,
        grams.divide(all, DIGITS, RoundingMode.HALF_UP));
  }

  /**
   * Medians of IPCC, Climate Change 2014: Mitigation, annex III, table A.III.2: emissions over the
   * life cycle, and direct ones.
   */
  private static BigDecimal gramsPerKilowattHour(EnergySource source, Scope scope) {
    boolean direct = scope == Scope.DIRECT;
    return BigDecimal.valueOf(
        switch (source) {
          case COAL -> direct ? 760 : 820;
          case GAS -> direct ? 370 : 490;
          case BIOMASS -> direct ? 0 : 230;
          case SOLAR -> direct ? 0 : 48;
          case HYDRO -> direct ? 0 : 24;
          case NUCLEAR -> direct ? 0 : 12;
          case WIND -> direct ? 0 : 11;
          default -> throw new IllegalArgumentException(source + " is not in the mix");
        });
  }

  private GridInterval interval(GridSeries series, long start, BigDecimal value) {
    String currency = series.kind().isMoney() ? CURRENCY : "";
    String unit = series.kind().unit().replace("currency", CURRENCY);
    return new GridInterval(
        site,
        series,
        start,
        start + HOUR_MILLIS,
        value.movePointRight(NANO_DIGITS).longValueExact(),
        currency,
        GridQuality.SYNTHETIC,
        start - AHEAD_MILLIS,
        false,
        new GridInterval.Origin("simulator", "", value.toPlainString() + " " + unit));
  }

  private static BigDecimal rounded(double value) {
    return BigDecimal.valueOf(value).setScale(DIGITS, RoundingMode.HALF_UP);
  }
}
