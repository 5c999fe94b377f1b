// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.SeriesValues;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.CapacityStep;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.TimeRange;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the store has of a site's year: meters, supply and drives. */
final class MeteredYear {
  private static final int QUARTER = 900_000;
  private static final int HOUR = 3_600_000;
  private static final BigDecimal MILLIJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000L);
  private static final int SCALE = 6;

  private final Period period;
  private final long knownTo;
  private final Map<SiteAmount, ExactSum> sums = new EnumMap<>(SiteAmount.class);
  private final Map<DeviceKind, Double> coveredSteps = new EnumMap<>(DeviceKind.class);
  private final Map<DeviceKind, Common> common = new EnumMap<>(DeviceKind.class);
  private final TreeSet<Long> ledgerSteps = new TreeSet<>();
  private final Map<SeriesKind, Map<EnergySource, SeriesValues>> supply =
      new EnumMap<>(SeriesKind.class);
  private final TreeMap<Long, Double> storageMebibytes = new TreeMap<>();
  private final int stepMillis;

  /** Energy of the facility and of another kind, over the steps in which both are known. */
  private static final class Common {
    final ExactSum facility = new ExactSum();
    final ExactSum other = new ExactSum();
    int steps;
  }

  private MeteredYear(Period period, Instant asOf) {
    this.period = period;
    this.knownTo = Math.min(period.to().toEpochMilli(), asOf.toEpochMilli());
    TimeRange range = period.range();
    this.stepMillis = range.from() % HOUR == 0 && range.to() % HOUR == 0 ? HOUR : QUARTER;
    for (SiteAmount amount : SiteAmount.values()) {
      sums.put(amount, new ExactSum());
    }
  }

  /** Reads a site's year, as far as it is over at a time. */
  static MeteredYear read(HistoryReader history, String site, Period period, Instant asOf) {
    MeteredYear year = new MeteredYear(period, asOf);
    TreeSet<String> sites = new TreeSet<>(List.of(site));
    TimeRange range = period.range();
    history.siteSteps(
        sites, range, year.stepMillis, step -> year.add(step.stepStart(), step.totals()));
    Map<SeriesKind, Map<EnergySource, List<GridInterval>>> issues = new EnumMap<>(SeriesKind.class);
    history.grid(
        sites,
        range,
        interval ->
            issues
                .computeIfAbsent(interval.series().kind(), _ -> new EnumMap<>(EnergySource.class))
                .computeIfAbsent(interval.series().source(), _ -> new ArrayList<>())
                .add(interval));
    issues.forEach((kind, bySource) -> {
      Map<EnergySource, SeriesValues> values = new EnumMap<>(EnergySource.class);
      bySource.forEach(
          (source, all) -> values.put(source, SeriesValues.of(all, asOf.toEpochMilli())));
      year.supply.put(kind, values);
    });
    long lastDay = Math.max(range.from(), year.knownTo - 24L * HOUR);
    history.capacity(
        sites, new TimeRange(lastDay, Math.max(lastDay, year.knownTo)), year::addStorage);
    return year;
  }

  private void add(long stepStart, Totals<SiteAmount> totals) {
    ledgerSteps.add(stepStart);
    for (SiteAmount amount : SiteAmount.values()) {
      sum(amount).add(totals.get(amount));
    }
    for (DeviceKind kind : DeviceKind.values()) {
      if (kind.isSiteMeter()) {
        double covered = totals.get(SiteAmount.meterCovered(kind));
        double all = covered + totals.get(SiteAmount.meterUncovered(kind));
        if (all > 0) {
          coveredSteps.merge(kind, covered / all, Double::sum);
        }
      }
    }
    for (DeviceKind other : new DeviceKind[] {DeviceKind.UPS, DeviceKind.PDU}) {
      if (FacilityRatio.isKnown(DeviceKind.FACILITY, totals)
          && FacilityRatio.isKnown(other, totals)) {
        Common both = common.computeIfAbsent(other, _ -> new Common());
        both.facility.add(totals.get(SiteAmount.FACILITY_MILLIJOULES));
        both.other.add(totals.get(SiteAmount.measured(other)));
        both.steps++;
      }
    }
  }

  private void addStorage(CapacityStep step) {
    Double seen = step.fields().get("storage_seen_mebibytes");
    if (seen != null && seen > 0) {
      storageMebibytes.put(step.hourStart(), seen);
    }
  }

  private ExactSum sum(SiteAmount amount) {
    return sums.computeIfAbsent(amount, _ -> new ExactSum());
  }

  private double steps() {
    return (double) period.range().millis() / stepMillis;
  }

  /** Whether the store has anything of the site in this year. */
  boolean isThere() {
    return !ledgerSteps.isEmpty();
  }

  /** First and last time of the ledger in the year; only if it {@link #isThere}. */
  Instant from() {
    return Instant.ofEpochMilli(ledgerSteps.first());
  }

  /** End of the last step of the ledger. */
  Instant to() {
    return Instant.ofEpochMilli(ledgerSteps.last() + stepMillis);
  }

  /** Share of the year that the ledger has. */
  double ledgerShare() {
    return ledgerSteps.size() / steps();
  }

  /** Share of the year in which meters of a kind measured. */
  double timeShare(DeviceKind kind) {
    return coveredSteps.getOrDefault(kind, 0.0) / steps();
  }

  /** Share of the year that could be measured: until now, and from a day on. */
  double possibleShare(LocalDate inOperationFrom) {
    long start =
        Math.max(
            period.from().toEpochMilli(),
            inOperationFrom.atStartOfDay(period.zone()).toInstant().toEpochMilli());
    return Math.max(0.0, (double) (knownTo - start)) / period.range().millis();
  }

  /** True if meters of a kind measured all that could be measured, up to a percent. */
  boolean isYearly(DeviceKind kind, LocalDate inOperationFrom) {
    return hasMeter(kind)
        && timeShare(kind) >= FacilityRatio.LEAST_COVERAGE * possibleShare(inOperationFrom);
  }

  /** Facility over another kind, where both are known at the same time; empty if they never are. */
  Optional<BigDecimal> ratioOfCommonTime(DeviceKind other) {
    Common both = common.get(other);
    return both == null || both.other.signum() <= 0
        ? Optional.empty()
        : Optional.of(
            new BigDecimal(both.facility.value())
                .divide(new BigDecimal(both.other.value()), SiteIndicators.DIGITS));
  }

  /** Share of the year in which the facility and another kind are known at the same time. */
  double commonShare(DeviceKind other) {
    Common both = common.get(other);
    return both == null ? 0 : both.steps / steps();
  }

  /** True if there are meters of this kind, and they covered their own time up to a percent. */
  boolean isWhole(DeviceKind kind) {
    double covered = sum(SiteAmount.meterCovered(kind)).doubleValue();
    double all = covered + sum(SiteAmount.meterUncovered(kind)).doubleValue();
    return hasMeter(kind) && covered >= FacilityRatio.LEAST_COVERAGE * all;
  }

  boolean hasMeter(DeviceKind kind) {
    return !sum(SiteAmount.measured(kind)).isZero();
  }

  /** An amount of energy, kWh. */
  BigDecimal kwh(SiteAmount amount) {
    return kwh(sum(amount).value());
  }

  private static BigDecimal kwh(BigInteger millijoules) {
    return plain(
        new BigDecimal(millijoules).divide(MILLIJOULES_PER_KWH, SCALE, RoundingMode.HALF_UP));
  }

  private static BigDecimal plain(BigDecimal value) {
    return new BigDecimal(value.stripTrailingZeros().toPlainString());
  }

  /** Water that meters measured, m3; empty if there are none. */
  Optional<BigDecimal> waterCubicMetres() {
    ExactSum water = sum(SiteAmount.WATER_MILLILITRES);
    return water.isZero()
        ? Optional.empty()
        : Optional.of(plain(new BigDecimal(water.value()).movePointLeft(9)));
  }

  /** Whether a series of this kind was imported for some part of the year. */
  boolean hasSupply(SeriesKind kind) {
    return bySource(kind).values().stream()
        .anyMatch(values ->
            values.missing(period.range().from(), period.range().to()) < period.range().millis());
  }

  private Map<EnergySource, SeriesValues> bySource(SeriesKind kind) {
    return supply.getOrDefault(kind, Map.of());
  }

  /** Energy of all sources of a kind of series, or of renewable ones alone, in the year, kWh. */
  BigDecimal supplyKwh(SeriesKind kind, boolean renewableOnly) {
    BigInteger sum = BigInteger.ZERO;
    for (Map.Entry<EnergySource, SeriesValues> each : bySource(kind).entrySet()) {
      if (!renewableOnly || each.getKey().isRenewable()) {
        sum =
            sum.add(
                BigInteger.valueOf(each.getValue().millijoules(period.range().from(), supplyTo())));
      }
    }
    return kwh(sum);
  }

  /** What is contracted for time to come is not counted. */
  private long supplyTo() {
    return Math.max(period.range().from(), knownTo);
  }

  /** Share of the year in which the best covered source of a kind of series has a value. */
  double supplyShare(SeriesKind kind) {
    return bySource(kind).values().stream()
        .mapToDouble(values ->
            1.0
                - (double) values.missing(period.range().from(), period.range().to())
                    / period.range().millis())
        .max()
        .orElse(0);
  }

  /** Size of all drives seen in the last hour of the year that has any, PB. */
  Optional<BigDecimal> storagePetabytes() {
    return storageMebibytes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            plain(
                BigDecimal.valueOf(storageMebibytes.lastEntry().getValue())
                    .multiply(BigDecimal.valueOf(1L << 20))
                    .movePointLeft(15)
                    .setScale(SCALE, RoundingMode.HALF_UP)));
  }

  /** When its drives were seen; only if there is {@link #storagePetabytes}. */
  Instant storageSeen() {
    return Instant.ofEpochMilli(storageMebibytes.lastKey());
  }
}
