// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import java.util.ArrayList;
import java.util.List;

/**
 * Queries of what the meters of sites measured. A window counts only if the meters in question
 * covered it, as {@link FacilityRatio#isKnown}: a window of a silent meter has too little energy.
 */
final class MeterQueries {
  private static final Source LEDGER = Source.LEDGER;
  private static final String FACILITY = "facility";
  private static final String IT = "it";
  // covered time is at least this many times the uncovered
  private static final long COVERED_PER_UNCOVERED =
      Math.round(FacilityRatio.LEAST_COVERAGE / (1 - FacilityRatio.LEAST_COVERAGE));

  private MeterQueries() {}

  /** The ratio over the windows of the range, of the sites that have the meters. */
  static Select ratio(FacilityRatio ratio) {
    return ofKnownWindows(ratio);
  }

  /** The same over time. */
  static Select ratioTrend(FacilityRatio ratio) {
    return ofKnownWindows(ratio).groupBy("time($__interval)").fill("null");
  }

  private static Select ofKnownWindows(FacilityRatio ratio) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(FACILITY, LEDGER.sum(SiteAmount.FACILITY_MILLIJOULES)));
    columns.add(new Column(IT, LEDGER.sum(ratio.denominator())));
    List<String> conditions = new ArrayList<>(List.of(Select.IN_RANGE));
    mustBeKnown(FACILITY, DeviceKind.FACILITY, columns, conditions);
    DeviceKind meter = ratio.meter();
    if (meter != null) {
      mustBeKnown(IT, meter, columns, conditions);
    }
    return Select.of(Select.as("sum(\"facility\") / sum(\"it\")", ratio.title()))
        .from(Queries.perWindow(LEDGER, columns, "site"))
        .where(conditions.toArray(String[]::new));
  }

  private static void mustBeKnown(
      String energy, DeviceKind meter, List<Column> columns, List<String> conditions) {
    String silent = energy + " silent";
    columns.add(
        new Column(
            silent,
            "%s * %d - %s"
                .formatted(
                    LEDGER.sum(SiteAmount.meterUncovered(meter)),
                    COVERED_PER_UNCOVERED,
                    LEDGER.sum(SiteAmount.meterCovered(meter)))));
    conditions.add(Source.quote(energy) + " > 0");
    conditions.add(Source.quote(silent) + " <= 0");
  }

  /** Energy at meters of this kind over the range, where there is one: then 0 is a figure. */
  static Select energy(DeviceKind kind) {
    Column energy = Queries.kilowattHours(LEDGER, Queries.title(kind), SiteAmount.measured(kind));
    return Select.of(Select.as(energy.quoted(), energy.name()))
        .from(Queries.inRange(LEDGER, List.of(energy, time(kind))))
        .where("\"meters\" > 0");
  }

  /** Litres of water over the range, where a meter measures it. */
  static Select water() {
    Column water = new Column("Water", LEDGER.sum(SiteAmount.WATER_MILLILITRES) + " / 1000.0");
    return Select.of(Select.as(water.quoted(), water.name()))
        .from(Queries.inRange(LEDGER, List.of(water)))
        .where(water.quoted() + " > 0");
  }

  /** Litres of water for each kWh that was measured of nodes, of the sites with a water meter. */
  static Select waterPerMeasuredIt() {
    List<Column> columns =
        List.of(
            new Column("water", LEDGER.sum(SiteAmount.WATER_MILLILITRES) + " / 1000.0"),
            Queries.kilowattHours(LEDGER, IT, SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    return Select.of(Select.as("sum(\"water\") / sum(\"it\")", "Water"))
        .from(Queries.inRange(LEDGER, columns, "site"))
        .where("\"water\" > 0");
  }

  /** Power at the meters of the sites, and what nodes measured; each where it is. */
  static List<Query> power() {
    List<Query> queries = new ArrayList<>();
    for (DeviceKind kind : DeviceKind.values()) {
      if (kind.isSiteMeter()) {
        Column watts =
            new Column(
                Queries.title(kind),
                LEDGER.sum(SiteAmount.measured(kind)) + " / " + Queries.WINDOW_MILLIS + ".0");
        queries.add(Query.series(ofMeters(watts, kind)));
      }
    }
    Column nodes =
        new Column(
            "Measured of nodes",
            LEDGER.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                + " / "
                + Queries.WINDOW_MILLIS
                + ".0");
    queries.add(Query.series(Queries.trend(LEDGER, List.of(nodes))));
    return queries;
  }

  /** Covered time of each kind of meter by its device time. */
  static List<Query> coverage() {
    List<Query> queries = new ArrayList<>();
    for (DeviceKind kind : DeviceKind.values()) {
      if (kind.isSiteMeter()) {
        String covered = LEDGER.sum(SiteAmount.meterCovered(kind));
        Column ratio =
            new Column(
                Queries.title(kind),
                "%s / (%s + %s)"
                    .formatted(covered, covered, LEDGER.sum(SiteAmount.meterUncovered(kind))));
        queries.add(Query.series(ofMeters(ratio, kind)));
      }
    }
    return queries;
  }

  /** Of the windows in which meters of the kind are to report. */
  private static Select ofMeters(Column column, DeviceKind kind) {
    return Queries.trend(Queries.perWindow(LEDGER, List.of(column, time(kind))), List.of(column))
        .where("\"meters\" > 0");
  }

  /** Time in which meters of the kind are to report, ms. */
  private static Column time(DeviceKind kind) {
    return new Column(
        "meters",
        LEDGER.sum(SiteAmount.meterCovered(kind))
            + " + "
            + LEDGER.sum(SiteAmount.meterUncovered(kind)));
  }
}
