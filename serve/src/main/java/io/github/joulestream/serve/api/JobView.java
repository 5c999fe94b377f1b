// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job as it is answered: the document's {@code Job}. */
public record JobView(
    String site,
    String job,
    String path,
    String user,
    String project,
    String name,
    String partition,
    JobState state,
    @Nullable Instant start,
    @Nullable Instant end,
    @Nullable Long nodes,
    @Nullable Double gpus,
    @Nullable Long milliwatts,
    @Nullable Long energyMillijoules,
    EnergyByKind byKind,
    @Nullable Long heldIdleMillijoules,
    long gpuHeldMillis,
    long gpuBusyMillis,
    @Nullable Double coverageRatio,
    EnergyByQuality quality,
    ChargeFigures charges) {
  /** Columns of its CSV. */
  static final List<String> COLUMNS =
      List.of(
          "site",
          "job",
          "user",
          "project",
          "name",
          "partition",
          "state",
          "start",
          "end",
          "nodes",
          "gpus",
          "power_milliwatts",
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
          "renewable_ratio");

  static JobView of(KnownJob job, ChargeFigures charges) {
    Totals<JobAmount> totals = job.totals();
    double covered = totals.get(JobAmount.COVERED_MILLIS);
    return new JobView(
        job.site(),
        job.job(),
        JobPath.of(job.site(), job.job()),
        job.details().user(),
        job.details().project(),
        job.details().name(),
        job.details().partition(),
        job.state(),
        instant(job.start()),
        instant(job.end()),
        job.nodes(),
        job.gpus(),
        job.milliwatts(),
        job.summary() == null ? null : (Long) job.millijoules(),
        EnergyByKind.of(totals),
        job.summary() == null ? null : (Long) job.heldIdleMillijoules(),
        totals.get(JobAmount.GPU_HELD_MILLIS),
        totals.get(JobAmount.GPU_BUSY_MILLIS),
        ratio(covered, covered + totals.get(JobAmount.UNCOVERED_MILLIS)),
        EnergyByQuality.of(totals),
        charges);
  }

  private static @Nullable Instant instant(@Nullable Long epochMillis) {
    return epochMillis == null ? null : Instant.ofEpochMilli(epochMillis);
  }

  /** A share; null if there is nothing that it is of. */
  static @Nullable Double ratio(double part, double whole) {
    return whole > 0 ? Double.valueOf(part / whole) : null;
  }

  List<@Nullable Object> row() {
    return Arrays.asList(
        site,
        job,
        user,
        project,
        name,
        partition,
        state.name(),
        start,
        end,
        nodes,
        gpus,
        milliwatts,
        energyMillijoules,
        byKind.gpu(),
        byKind.cpu(),
        byKind.memory(),
        byKind.storage(),
        byKind.node(),
        heldIdleMillijoules,
        gpuHeldMillis,
        gpuBusyMillis,
        coverageRatio,
        quality.measuredMillijoules(),
        quality.estimatedMillijoules(),
        quality.modelledMillijoules(),
        charges.cost(),
        charges.currency(),
        charges.costKnownRatio(),
        charges.co2eLocationGrams(),
        charges.co2eMarketGrams(),
        charges.co2eKnownRatio(),
        charges.renewableRatio());
  }
}
