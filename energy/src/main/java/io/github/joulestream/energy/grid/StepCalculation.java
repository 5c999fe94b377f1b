// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static io.github.joulestream.energy.grid.StepFactors.UNKNOWN;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import java.math.BigInteger;
import java.util.Map.Entry;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The factors of one step. M is the measured energy; L the load, which is the facility's energy, or
 * M if that is not known; U what of the load was generated on site; C what was contracted. Each
 * factor is one quotient of whole numbers, rounded half up once.
 */
final class StepCalculation {
  private static final BigInteger NANO = BigInteger.valueOf(GridInterval.NANO);

  /** How far from 1 the shares of a mix may add up to, since feeds round them: 2 per cent. */
  private static final BigInteger TOLERANCE = BigInteger.valueOf(GridInterval.NANO / 50);

  private final GridFactors grid;
  private final long from;
  private final long to;
  private final BigInteger millis;
  private final long measured;
  private final long load;
  private final boolean hasRatio;
  private final OwnSupply own;
  private final Contracts contracts;
  private boolean weak;

  StepCalculation(GridFactors grid, long from, long to, StepEnergy energy) {
    this.grid = grid;
    this.from = from;
    this.to = to;
    this.millis = BigInteger.valueOf(to - from);
    // without any energy, factors are those of a kWh that is bought
    boolean some = energy.measuredMillijoules() > 0;
    this.measured = some ? energy.measuredMillijoules() : 1;
    this.load = some ? energy.loadMillijoules() : 1;
    this.hasRatio = energy.hasRatio();
    this.own = some ? OwnSupply.of(grid, from, to, energy) : OwnSupply.NOTHING;
    this.contracts = some ? Contracts.of(grid, from, to) : Contracts.NONE;
  }

  StepFactors factors() {
    weak = own.weak() || contracts.weak();
    long price = grid.isOfOneCurrency() ? perKilowattHour(values(SeriesKind.PRICE), load) : UNKNOWN;
    long location =
        own.isKnown()
            ? perKilowattHour(grid.average(Method.LOCATION), load - own.usedMillijoules())
            : UNKNOWN;
    Market market = market();
    long renewable = share(own.renewable(), EnergySource.RENEWABLE, EnergySource::isRenewable);
    long carbonFree = share(own.carbonFree(), EnergySource.CARBON_FREE, EnergySource::isCarbonFree);
    // what-ifs alone use it: it does not make the other figures weak
    boolean weakWithoutMarginal = weak;
    long marginal = perKilowattHour(grid.marginal(), load);
    return new StepFactors(
        price,
        location,
        market.factorNano(),
        renewable,
        contracted(renewable),
        carbonFree,
        marginal,
        hasRatio
            ? quotient(BigInteger.valueOf(load).multiply(NANO), BigInteger.valueOf(measured))
            : UNKNOWN,
        weakWithoutMarginal,
        market.residualMissing());
  }

  private SeriesValues values(SeriesKind kind) {
    return grid.values(GridSeries.of(kind));
  }

  private record Market(long factorNano, boolean residualMissing) {}

  /**
   * Market-based emissions: what is bought, less what is contracted, by the supplier's factor, else
   * the residual mix, else the location's. What is contracted has 0 g/kWh. Own energy whose
   * guarantees were sold counts as bought: its buyer claims it.
   */
  private Market market() {
    if (!own.isKnown()) {
      return new Market(UNKNOWN, false);
    }
    long bought =
        load - own.usedMillijoules() + Math.min(own.usedMillijoules(), contracts.soldMillijoules());
    long rest = Math.max(0, bought - contracts.carbonFreeMillijoules());
    for (Method method : new Method[] {Method.MARKET, Method.RESIDUAL, Method.LOCATION}) {
      long factor = perKilowattHour(grid.average(method), rest);
      if (factor != UNKNOWN) {
        return new Market(factor, rest > 0 && method == Method.LOCATION);
      }
    }
    return new Market(UNKNOWN, false);
  }

  /** (own + import x share of the grid's mix) / L; own null: not known. */
  private long share(
      OwnSupply.@Nullable Part part, EnergySource sum, Predicate<EnergySource> isOf) {
    if (!own.isKnown() || part == null) {
      return UNKNOWN;
    }
    BigInteger bought = BigInteger.valueOf(load - own.usedMillijoules());
    BigInteger gridShare = BigInteger.ZERO;
    if (bought.signum() > 0) {
      BigInteger known = gridShare(sum, isOf);
      if (known == null) {
        return UNKNOWN;
      }
      gridShare = known;
    }
    // U x part.of / part.in + bought x gridShare / (1e9 x millis)
    BigInteger in = BigInteger.valueOf(part.in());
    BigInteger dividend =
        BigInteger.valueOf(own.usedMillijoules())
            .multiply(BigInteger.valueOf(part.of()))
            .multiply(millis)
            .multiply(NANO)
            .add(bought.multiply(gridShare).multiply(in));
    BigInteger divisor = BigInteger.valueOf(load).multiply(millis).multiply(in);
    return Math.clamp(quotient(dividend, divisor), 0, GridInterval.NANO);
  }

  /** Share x time of the grid's mix, 1e-9 x ms, 0 to 1e9 x ms; null if not known. */
  private @Nullable BigInteger gridShare(EnergySource sum, Predicate<EnergySource> isOf) {
    SeriesValues given = grid.values(GridSeries.of(SeriesKind.MIX, sum));
    if (given.missing(from, to) == 0) {
      return limited(weighted(given));
    }
    BigInteger all = BigInteger.ZERO;
    BigInteger some = BigInteger.ZERO;
    for (Entry<EnergySource, SeriesValues> one : grid.bySource(SeriesKind.MIX).entrySet()) {
      if (!one.getKey().isSum() && one.getValue().missing(from, to) == 0) {
        BigInteger share = weighted(one.getValue());
        all = all.add(share);
        some = isOf.test(one.getKey()) ? some.add(share) : some;
      }
    }
    BigInteger one = NANO.multiply(millis);
    return all.subtract(one).abs().compareTo(TOLERANCE.multiply(millis)) <= 0
        ? limited(some)
        : null;
  }

  private BigInteger limited(BigInteger share) {
    return share.max(BigInteger.ZERO).min(NANO.multiply(millis));
  }

  /** (physical + contracted - sold) / L, 0 to 1. */
  private long contracted(long physical) {
    if (physical == UNKNOWN) {
      return UNKNOWN;
    }
    BigInteger more =
        BigInteger.valueOf(contracts.renewableMillijoules())
            .subtract(BigInteger.valueOf(contracts.soldRenewableMillijoules()))
            .multiply(NANO);
    BigInteger whole = BigInteger.valueOf(load);
    return Math.clamp(
        quotient(BigInteger.valueOf(physical).multiply(whole).add(more), whole),
        0,
        GridInterval.NANO);
  }

  /**
   * A value per kWh of the load's part that it applies to, as a factor of measured energy; 0 if it
   * applies to nothing, whatever the value is.
   */
  private long perKilowattHour(SeriesValues values, long part) {
    if (part == 0) {
      return 0;
    }
    return values.missing(from, to) > 0
        ? UNKNOWN
        : quotient(
            weighted(values).multiply(BigInteger.valueOf(part)),
            millis.multiply(BigInteger.valueOf(measured)));
  }

  private BigInteger weighted(SeriesValues values) {
    weak |= values.isWeak(from, to);
    return values.weighted(from, to);
  }

  /** A quotient rounded half up; not known if it is over 64 bits, as no real value is. */
  private static long quotient(BigInteger dividend, BigInteger divisor) {
    BigInteger quotient = SeriesValues.quotient(dividend, divisor);
    return quotient.bitLength() < Long.SIZE ? quotient.longValue() : UNKNOWN;
  }
}
