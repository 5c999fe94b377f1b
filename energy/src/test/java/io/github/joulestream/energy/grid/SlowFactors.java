// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.ZERO;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The factors of a step by decimal fractions, minute by minute, looking at every issue each time.
 * It shares no code with {@link GridFactors} and rounds nothing.
 */
final class SlowFactors {
  private static final MathContext EXACT = new MathContext(60);
  private static final int MINUTE = 60_000;
  private static final BigDecimal MILLIJOULES = new BigDecimal("3600000000");

  private final List<GridInterval> issues;
  private final long asOf;
  private final long from;
  private final long to;
  private final StepEnergy energy;

  SlowFactors(Collection<GridInterval> issues, long asOf, long from, long to, StepEnergy energy) {
    this.issues = issues.stream().filter(issue -> issue.issued() <= asOf).toList();
    this.asOf = asOf;
    this.from = from;
    this.to = to;
    this.energy = energy;
  }

  /** Figures by name, per measured kWh or kWh/kWh; a name that is missing is not known. */
  Map<String, BigDecimal> figures() {
    Map<String, BigDecimal> figures = new TreeMap<>();
    BigDecimal measured = new BigDecimal(energy.measuredMillijoules());
    BigDecimal load =
        energy.facilityMillijoules() > 0 ? new BigDecimal(energy.facilityMillijoules()) : measured;
    put(figures, "price", per(mean(Feed.PRICE, from, to), load, measured));
    put(figures, "marginal", per(mean(Feed.MARGINAL, from, to), load, measured));
    BigDecimal own = own(load);
    if (own == null) {
      return figures;
    }
    BigDecimal bought = load.subtract(own);
    put(figures, "location", per(mean(Feed.LOCATION, from, to), bought, measured));
    BigDecimal sold = sum(SeriesKind.GUARANTEE_SOLD, EnumSet.allOf(EnergySource.class), from, to);
    BigDecimal contracted = contracted(freeSources());
    BigDecimal rest = bought.add(own.min(sold)).subtract(contracted).max(ZERO);
    for (Method method : List.of(Method.MARKET, Method.RESIDUAL, Method.LOCATION)) {
      GridSeries series = Feed.carbon(method, CarbonBasis.Scope.LIFECYCLE);
      BigDecimal mean = mean(series, from, to);
      if (!figures.containsKey("market")) {
        put(figures, "market", per(mean, rest, measured));
      }
    }
    share(figures, "renewable", renewableSources(), EnergySource.RENEWABLE, own, load);
    share(figures, "carbonFree", freeSources(), EnergySource.CARBON_FREE, own, load);
    BigDecimal physical = figures.get("renewable");
    if (physical != null) {
      BigDecimal more =
          contracted(renewableSources())
              .subtract(sum(SeriesKind.GUARANTEE_SOLD, renewableSources(), from, to));
      figures.put("contracted", physical.add(more.divide(load, EXACT)).max(ZERO).min(ONE));
    }
    return figures;
  }

  private static void put(
      Map<String, BigDecimal> figures, String name, @Nullable BigDecimal value) {
    if (value != null) {
      figures.put(name, value);
    }
  }

  private static @Nullable BigDecimal per(
      @Nullable BigDecimal value, BigDecimal part, BigDecimal measured) {
    if (part.signum() == 0) {
      return ZERO;
    }
    return value == null ? null : value.multiply(part).divide(measured, EXACT);
  }

  private static Set<EnergySource> freeSources() {
    return EnumSet.of(
        EnergySource.SOLAR,
        EnergySource.WIND,
        EnergySource.HYDRO,
        EnergySource.GEOTHERMAL,
        EnergySource.BIOMASS,
        EnergySource.NUCLEAR,
        EnergySource.RENEWABLE,
        EnergySource.CARBON_FREE);
  }

  private static Set<EnergySource> renewableSources() {
    return EnumSet.of(
        EnergySource.SOLAR,
        EnergySource.WIND,
        EnergySource.HYDRO,
        EnergySource.GEOTHERMAL,
        EnergySource.BIOMASS,
        EnergySource.RENEWABLE);
  }

  private void share(
      Map<String, BigDecimal> figures,
      String name,
      Set<EnergySource> of,
      EnergySource given,
      BigDecimal own,
      BigDecimal load) {
    BigDecimal ownPart = ZERO;
    if (own.signum() > 0) {
      BigDecimal share = ownShare(of);
      if (share == null) {
        return;
      }
      ownPart = own.multiply(share);
    }
    BigDecimal bought = load.subtract(own);
    BigDecimal gridPart = ZERO;
    if (bought.signum() > 0) {
      BigDecimal share = gridShare(of, given);
      if (share == null) {
        return;
      }
      gridPart = bought.multiply(share);
    }
    figures.put(name, ownPart.add(gridPart).divide(load, EXACT).min(ONE));
  }

  private @Nullable BigDecimal gridShare(Set<EnergySource> of, EnergySource given) {
    BigDecimal share = mean(Feed.mix(given), from, to);
    if (share != null) {
      return share;
    }
    BigDecimal all = ZERO;
    BigDecimal some = ZERO;
    for (EnergySource source : EnergySource.values()) {
      BigDecimal mean =
          source == EnergySource.NONE || source.isSum() ? null : mean(Feed.mix(source), from, to);
      if (mean != null) {
        all = all.add(mean);
        some = of.contains(source) ? some.add(mean) : some;
      }
    }
    boolean isWhole =
        all.compareTo(new BigDecimal("0.98")) >= 0 && all.compareTo(new BigDecimal("1.02")) <= 0;
    return isWhole ? some.min(ONE) : null;
  }

  /** Generated here, and out of the battery. */
  private @Nullable BigDecimal ownShare(Set<EnergySource> of) {
    BigDecimal generated = generated();
    BigDecimal discharged = sum(GridSeries.of(SeriesKind.BATTERY), from, to).negate().max(ZERO);
    EnumSet<EnergySource> all = EnumSet.allOf(EnergySource.class);
    BigDecimal part = ZERO;
    if (generated == null) {
      return null;
    }
    if (generated.signum() != 0) {
      BigDecimal fed = sum(SeriesKind.GENERATION, all, from, to);
      if (fed.signum() == 0 || hasGap(SeriesKind.GENERATION)) {
        return null;
      }
      part = generated.multiply(sum(SeriesKind.GENERATION, of, from, to)).divide(fed, EXACT);
    }
    if (discharged.signum() > 0) {
      long before = to - 24L * 3_600_000;
      BigDecimal fed = sum(SeriesKind.GENERATION, all, before, to);
      if (fed.signum() == 0) {
        return null;
      }
      part =
          part.add(
              discharged.multiply(sum(SeriesKind.GENERATION, of, before, to)).divide(fed, EXACT));
    }
    return part.divide(generated.add(discharged), EXACT);
  }

  private @Nullable BigDecimal generated() {
    if (energy.meteredGenerationMillijoules() >= 0) {
      return new BigDecimal(energy.meteredGenerationMillijoules());
    }
    return hasGap(SeriesKind.GENERATION)
        ? null
        : sum(SeriesKind.GENERATION, EnumSet.allOf(EnergySource.class), from, to);
  }

  private @Nullable BigDecimal own(BigDecimal load) {
    BigDecimal generated = generated();
    if (generated == null || hasGap(SeriesKind.BATTERY)) {
      return null;
    }
    BigDecimal supplied = generated.subtract(sum(GridSeries.of(SeriesKind.BATTERY), from, to));
    if (supplied.signum() <= 0) {
      return ZERO;
    }
    if (energy.meteredExportMillijoules() < 0 && hasGap(SeriesKind.EXPORT)) {
      return null;
    }
    BigDecimal exported =
        energy.meteredExportMillijoules() < 0
            ? sum(GridSeries.of(SeriesKind.EXPORT), from, to)
            : new BigDecimal(energy.meteredExportMillijoules());
    return supplied.subtract(exported).max(ZERO).min(load);
  }

  private BigDecimal contracted(Set<EnergySource> sources) {
    return sum(SeriesKind.GUARANTEE_OF_ORIGIN, sources, from, to)
        .add(sum(SeriesKind.POWER_PURCHASE, sources, from, to));
  }

  /** True if a series of this kind has begun and has no value in some minute of the step. */
  private boolean hasGap(SeriesKind kind) {
    Map<GridSeries, Long> starts = new LinkedHashMap<>();
    for (GridInterval issue : issues) {
      if (issue.series().kind() == kind && at(issue.series(), issue.from()) != null) {
        starts.merge(issue.series(), issue.from(), Math::min);
      }
    }
    for (Map.Entry<GridSeries, Long> start : starts.entrySet()) {
      for (long minute = Math.max(from, start.getValue()); minute < to; minute += MINUTE) {
        if (at(start.getKey(), minute) == null) {
          return true;
        }
      }
    }
    return false;
  }

  private BigDecimal sum(SeriesKind kind, Set<EnergySource> sources, long start, long end) {
    BigDecimal sum = ZERO;
    for (EnergySource source : sources) {
      if (source != EnergySource.NONE) {
        sum = sum.add(sum(GridSeries.of(kind, source), start, end));
      }
    }
    return sum;
  }

  /** Energy of a series, mJ. */
  private BigDecimal sum(GridSeries series, long start, long end) {
    BigDecimal sum = ZERO;
    for (long minute = start; minute < end; minute += MINUTE) {
      GridInterval interval = at(series, minute);
      if (interval != null) {
        sum =
            sum.add(
                new BigDecimal(interval.valueNano())
                    .movePointLeft(9)
                    .multiply(MILLIJOULES)
                    .multiply(new BigDecimal(MINUTE))
                    .divide(new BigDecimal(interval.to() - interval.from()), EXACT));
      }
    }
    return sum;
  }

  private @Nullable BigDecimal mean(GridSeries series, long start, long end) {
    BigDecimal sum = ZERO;
    for (long minute = start; minute < end; minute += MINUTE) {
      GridInterval interval = at(series, minute);
      if (interval == null) {
        return null;
      }
      sum = sum.add(new BigDecimal(interval.valueNano()).movePointLeft(9));
    }
    return sum.divide(new BigDecimal((end - start) / MINUTE), EXACT);
  }

  private @Nullable GridInterval at(GridSeries series, long time) {
    GridInterval latest = null;
    for (GridInterval issue : issues) {
      if (issue.series().equals(series)
          && issue.from() <= time
          && time < issue.to()
          && issue.issued() <= asOf
          && (latest == null || issue.issued() > latest.issued())) {
        latest = issue;
      }
    }
    return latest == null || latest.withdrawn() ? null : latest;
  }
}
