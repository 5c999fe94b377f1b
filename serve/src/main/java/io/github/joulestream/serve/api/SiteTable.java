// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.http.Answer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sites as a table. */
final class SiteTable {
  private static final List<String> COLUMNS =
      List.of(
          "site",
          "at",
          "age_seconds",
          "milliwatts",
          "jobs_milliwatts",
          "idle_milliwatts",
          "held_idle_milliwatts",
          "facility_milliwatts",
          "generation_milliwatts",
          "facility_ratio",
          "gpus",
          "gpus_allocated",
          "gpus_busy",
          "nodes",
          "nodes_reporting",
          "jobs_running",
          "alerts_firing",
          "difference_millijoules",
          "price_per_kilowatt_hour",
          "currency",
          "grams_co2e_per_kilowatt_hour",
          "renewable_ratio",
          "time_zone");

  private SiteTable() {}

  static Answer.Csv of(List<SiteState> sites) {
    return new Answer.Csv(COLUMNS, sites.stream().map(SiteTable::row).toList());
  }

  private static List<@Nullable Object> row(SiteState site) {
    return Arrays.asList(
        site.site(),
        site.at(),
        site.ageSeconds(),
        site.milliwatts(),
        site.jobsMilliwatts(),
        site.idleMilliwatts(),
        site.heldIdleMilliwatts(),
        site.facilityMilliwatts(),
        site.generationMilliwatts(),
        site.facilityRatio(),
        site.gpus(),
        site.gpusAllocated(),
        site.gpusBusy(),
        site.nodes(),
        site.nodesReporting(),
        site.jobsRunning(),
        site.alertsFiring(),
        site.differenceMillijoules(),
        site.supply().pricePerKilowattHour(),
        site.supply().currency(),
        site.supply().gramsCo2ePerKilowattHour(),
        site.supply().renewableRatio(),
        site.zone());
  }
}
