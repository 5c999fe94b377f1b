// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import java.util.List;

/** Fields of {@link Measurement#CAPACITY}. */
final class CapacityFields {
  private static final List<String> OF_EACH =
      List.of(
          "seen",
          "allocated",
          "stranded",
          "rentable",
          "use_known",
          "used",
          "peak_used",
          "untouched",
          "beyond_allocation");

  private CapacityFields() {}

  static Definition definition() {
    Definition.Builder definition =
        Definition.of("capacity", Retention.WEEKS, "site", Measurement.WINDOW)
            .hoursFor(Retention.YEARS)
            .longs("times", "nodes", "nodes_reporting", "gpus")
            .doubles("gpus_allocated");
    for (String resource : List.of("memory", "storage")) {
      for (String name : OF_EACH) {
        definition.longs("%s_%s_mebibytes".formatted(resource, name));
      }
      definition.doubles(resource + "_watts");
    }
    return definition
        .longs(
            "storage_growth_bytes_per_day",
            "storage_growth_low_bytes_per_day",
            "storage_growth_high_bytes_per_day",
            "storage_full_epoch_millis",
            "storage_full_earliest_epoch_millis",
            "storage_full_latest_epoch_millis")
        .build();
  }
}
