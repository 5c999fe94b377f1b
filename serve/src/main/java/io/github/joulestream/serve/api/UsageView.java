// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.serve.http.Range;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Energy of groups as it is answered: the document's {@code Usage}. */
record UsageView(
    Range range,
    List<String> sites,
    String groupBy,
    String idle,
    List<Row> rows,
    Row total,
    @Nullable BigInteger differenceMillijoules,
    Instant asOf,
    List<String> notes) {
  /** Columns of its CSV, which has no row of the total: that is the sum of all others. */
  static final List<String> COLUMNS =
      List.of(
          "period_start",
          "period_end",
          "time_zone",
          "key",
          "energy_millijoules",
          "gpu_millijoules",
          "cpu_millijoules",
          "memory_millijoules",
          "storage_millijoules",
          "node_millijoules",
          "held_idle_millijoules",
          "gpu_held_millis",
          "gpu_busy_millis",
          "coverage_ratio",
          "measured_millijoules",
          "estimated_millijoules",
          "modelled_millijoules",
          "cost",
          "currency",
          "cost_known_ratio",
          "co2e_location_grams",
          "co2e_market_grams",
          "co2e_known_ratio",
          "renewable_ratio",
          "shared_idle_millijoules",
          "as_of");

  /** A group. */
  record Row(
      String key,
      BigInteger energyMillijoules,
      EnergyByKind byKind,
      BigInteger heldIdleMillijoules,
      BigInteger gpuHeldMillis,
      BigInteger gpuBusyMillis,
      @Nullable Double coverageRatio,
      EnergyByQuality quality,
      ChargeFigures charges,
      @Nullable BigInteger sharedIdleMillijoules) {

    static Row of(String key, EnergyRow row, boolean isIdleShared) {
      BigInteger covered = row.get(JobAmount.COVERED_MILLIS);
      return new Row(
          key,
          row.millijoules(),
          EnergyByKind.of(row::get),
          row.get(JobAmount.HELD_IDLE_MILLIJOULES),
          row.get(JobAmount.GPU_HELD_MILLIS),
          row.get(JobAmount.GPU_BUSY_MILLIS),
          JobView.ratio(
              covered.doubleValue(),
              covered.add(row.get(JobAmount.UNCOVERED_MILLIS)).doubleValue()),
          EnergyByQuality.of(row::get),
          row.charges(),
          isIdleShared ? row.sharedIdle() : null);
    }
  }

  /** The same, known at another time. */
  UsageView asOf(Instant other) {
    return new UsageView(
        range, sites, groupBy, idle, rows, total, differenceMillijoules, other, notes);
  }

  List<@Nullable Object> cells(Row row) {
    return Arrays.asList(
        range.from(),
        range.to(),
        range.zone().getId(),
        row.key,
        row.energyMillijoules,
        row.byKind.gpu(),
        row.byKind.cpu(),
        row.byKind.memory(),
        row.byKind.storage(),
        row.byKind.node(),
        row.heldIdleMillijoules,
        row.gpuHeldMillis,
        row.gpuBusyMillis,
        row.coverageRatio,
        row.quality.measuredMillijoules(),
        row.quality.estimatedMillijoules(),
        row.quality.modelledMillijoules(),
        row.charges.cost(),
        row.charges.currency(),
        row.charges.costKnownRatio(),
        row.charges.co2eLocationGrams(),
        row.charges.co2eMarketGrams(),
        row.charges.co2eKnownRatio(),
        row.charges.renewableRatio(),
        row.sharedIdleMillijoules,
        asOf);
  }
}
