// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Rate;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a kWh cost and emitted in any step of time at one site, out of all issues of the values of
 * its supply, as of a time: of each interval the latest issue at or before it counts.
 *
 * <p>A value of a step is the mean by time of the intervals that it is in. If any part of the step
 * has none, it is not known: no value is taken from before or after. Formulae:
 * docs/decisions/0061-factors-and-charges.md.
 */
public final class GridFactors {
  private static final int HOUR_MILLIS = 3_600_000;
  private static final SortedMap<EnergySource, SeriesValues> NO_SOURCES =
      Collections.emptySortedMap();

  private final Scope scope;
  // in their order
  private final Map<GridSeries, SeriesValues> series;
  // asked for at each step
  private final Map<SeriesKind, SortedMap<EnergySource, SeriesValues>> bySource =
      new EnumMap<>(SeriesKind.class);
  private final SortedSet<String> currencies;
  private final GridSeries marginal;

  private GridFactors(Scope scope, Map<GridSeries, SeriesValues> series) {
    this.scope = scope;
    this.series = series;
    series.forEach((one, values) ->
        bySource.computeIfAbsent(one.kind(), ignored -> new TreeMap<>()).put(one.source(), values));
    this.currencies = new TreeSet<>();
    for (SeriesValues values : series.values()) {
      for (GridInterval interval : values.all()) {
        if (!interval.currency().isEmpty()) {
          currencies.add(interval.currency());
        }
      }
    }
    this.marginal = marginalSeries();
  }

  /**
   * Factors of a site.
   *
   * @param issues all issues of the intervals of one site, in any order
   * @param asOfEpochMillis issues after it are as if they were not there, Unix epoch, ms
   * @param scope whose intensities count: those of the other scope are not mixed in
   * @throws IllegalArgumentException if there are intervals of several sites
   */
  public static GridFactors of(Collection<GridInterval> issues, long asOfEpochMillis, Scope scope) {
    Map<GridSeries, List<GridInterval>> bySeries = new HashMap<>();
    SortedSet<String> sites = new TreeSet<>();
    for (GridInterval issue : issues) {
      sites.add(issue.site());
      bySeries.computeIfAbsent(issue.series(), ignored -> new ArrayList<>()).add(issue);
    }
    if (sites.size() > 1) {
      throw new IllegalArgumentException("intervals of several sites: " + sites);
    }
    Map<GridSeries, SeriesValues> series = new LinkedHashMap<>();
    for (Entry<GridSeries, List<GridInterval>> one : new TreeMap<>(bySeries).entrySet()) {
      SeriesValues values = SeriesValues.of(one.getValue(), asOfEpochMillis);
      if (!values.isEmpty()) {
        series.put(one.getKey(), values);
      }
    }
    return new GridFactors(scope, series);
  }

  /**
   * Factors of a step.
   *
   * @param stepStart start of the step, Unix epoch, ms
   * @param stepMillis its length, ms
   * @param energy what the site's meters measured in it
   */
  public StepFactors at(long stepStart, int stepMillis, StepEnergy energy) {
    return new StepCalculation(this, stepStart, stepStart + stepMillis, energy).factors();
  }

  /**
   * Energy of a step's load that the site generated, mJ; empty if it is not known.
   *
   * @param energy what the site's meters measured in the step
   */
  public OptionalLong ownMillijoules(long stepStart, int stepMillis, StepEnergy energy) {
    OwnSupply own = OwnSupply.of(this, stepStart, stepStart + stepMillis, energy);
    return own.isKnown() ? OptionalLong.of(own.usedMillijoules()) : OptionalLong.empty();
  }

  /**
   * End of the interval of a series that this time is in, Unix epoch, ms; empty if it is in none.
   */
  public OptionalLong endOf(GridSeries one, long epochMillis) {
    List<GridInterval> at = values(one).within(epochMillis, epochMillis + 1);
    return at.isEmpty() ? OptionalLong.empty() : OptionalLong.of(at.getFirst().to());
  }

  /** Currency of all amounts of money; empty if there are none, or several currencies. */
  public Optional<String> currency() {
    return currencies.size() == 1 ? Optional.of(currencies.first()) : Optional.empty();
  }

  /** Currencies of prices and other charges. With several, no price is known: they do not add. */
  public SortedSet<String> currencies() {
    return new TreeSet<>(currencies);
  }

  /** What values of each series there are in a range of time, those of the other scope left out. */
  public List<UsedSeries> used(long from, long to) {
    List<UsedSeries> used = new ArrayList<>();
    for (Entry<GridSeries, SeriesValues> one : series.entrySet()) {
      if (isUsed(one.getKey()) && !one.getValue().within(from, to).isEmpty()) {
        used.add(UsedSeries.of(one.getKey(), one.getValue(), from, to));
      }
    }
    return used;
  }

  /**
   * True if no value changes within an hour, counted from the start of the range: then steps of an
   * hour weigh each value with the energy of its own time.
   */
  public boolean fitsHours(long from, long to) {
    return fits(from, to, HOUR_MILLIS);
  }

  /** True if no value changes within a step, counted from the start of the range. */
  public boolean fits(long from, long to, int stepMillis) {
    for (Entry<GridSeries, SeriesValues> one : series.entrySet()) {
      if (!isUsed(one.getKey()) || isCharge(one.getKey().kind())) {
        continue;
      }
      for (GridInterval interval : one.getValue().within(from, to)) {
        if (isWithinStep(interval.from(), from, to, stepMillis)
            || isWithinStep(interval.to(), from, to, stepMillis)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isWithinStep(long edge, long from, long to, int stepMillis) {
    return edge > from && edge < to && (edge - from) % stepMillis != 0;
  }

  /**
   * Fixed charges and demand charges of a range of time: of each month of the zone's calendar, the
   * part of its charges that its part of the range has by time.
   *
   * @param peakMilliwatts highest mean power of a quarter of an hour by month, mW
   */
  public List<OtherCharge> otherCharges(
      long from, long to, ZoneId zone, Map<YearMonth, Long> peakMilliwatts) {
    return MonthlyCharges.of(
        values(GridSeries.of(SeriesKind.FIXED_CHARGE)),
        values(GridSeries.of(SeriesKind.DEMAND_CHARGE)),
        from,
        to,
        zone,
        peakMilliwatts);
  }

  /** True if prices are of one currency, or there are none. */
  boolean isOfOneCurrency() {
    return currencies.size() <= 1;
  }

  /** Values of a series; none if there is no such series. */
  SeriesValues values(GridSeries one) {
    return series.getOrDefault(one, SeriesValues.NONE);
  }

  /** Values of the sources of a kind. */
  SortedMap<EnergySource, SeriesValues> bySource(SeriesKind kind) {
    return bySource.getOrDefault(kind, NO_SOURCES);
  }

  /** Values of an average intensity of the scope that was asked for. */
  SeriesValues average(Method method) {
    return values(GridSeries.carbon(new CarbonBasis(method, Rate.AVERAGE, scope)));
  }

  /** Values of the marginal intensity. */
  SeriesValues marginal() {
    return values(marginal);
  }

  /** Of the scope that was asked for; if there is none, of the other: few feeds have both. */
  private GridSeries marginalSeries() {
    GridSeries asked = GridSeries.carbon(new CarbonBasis(Method.LOCATION, Rate.MARGINAL, scope));
    GridSeries other =
        GridSeries.carbon(
            new CarbonBasis(
                Method.LOCATION,
                Rate.MARGINAL,
                scope == Scope.DIRECT ? Scope.LIFECYCLE : Scope.DIRECT));
    return series.containsKey(asked) || !series.containsKey(other) ? asked : other;
  }

  private boolean isUsed(GridSeries one) {
    return one.kind() != SeriesKind.CARBON
        || one.equals(marginal)
        || (one.basis().rate() == Rate.AVERAGE && one.basis().scope() == scope);
  }

  private static boolean isCharge(SeriesKind kind) {
    return kind == SeriesKind.FIXED_CHARGE || kind == SeriesKind.DEMAND_CHARGE;
  }
}
