// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Range;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How well groups used energy, as it is answered: the document's {@code Efficiency}. */
record EfficiencyView(
    Range range, String groupBy, List<Row> rows, Instant asOf, List<String> notes) {
  static final List<String> COLUMNS =
      List.of(
          "period_start",
          "period_end",
          "time_zone",
          "key",
          "jobs",
          "energy_millijoules",
          "gpu_held_millis",
          "busy_ratio",
          "held_idle_millijoules",
          "held_idle_ratio",
          "unit",
          "jobs_with_work",
          "work",
          "work_per_joule",
          "work_per_joule_p25",
          "work_per_joule_p50",
          "work_per_joule_p75",
          "as_of");

  /**
   * A group: its energy and times in the range; work of the whole jobs that ended in it.
   *
   * @param busyRatio GPU time busy over GPU time held
   * @param heldIdleRatio energy of GPUs held idle over energy of all devices
   * @param jobsWithWork jobs whose work per joule is a figure
   */
  record Row(
      String key,
      long jobs,
      BigInteger energyMillijoules,
      BigInteger gpuHeldMillis,
      @Nullable Double busyRatio,
      BigInteger heldIdleMillijoules,
      @Nullable Double heldIdleRatio,
      String unit,
      int jobsWithWork,
      @Nullable Double work,
      @Nullable Double workPerJoule,
      @Nullable Double workPerJouleP25,
      @Nullable Double workPerJouleP50,
      @Nullable Double workPerJouleP75) {}

  EfficiencyView asOf(Instant other) {
    return new EfficiencyView(range, groupBy, rows, other, notes);
  }

  List<@Nullable Object> cells(Row row) {
    return Arrays.asList(
        range.from(),
        range.to(),
        range.zone().getId(),
        row.key,
        row.jobs,
        row.energyMillijoules,
        row.gpuHeldMillis,
        row.busyRatio,
        row.heldIdleMillijoules,
        row.heldIdleRatio,
        row.unit,
        row.jobsWithWork,
        row.work,
        row.workPerJoule,
        row.workPerJouleP25,
        row.workPerJouleP50,
        row.workPerJouleP75,
        asOf);
  }
}
