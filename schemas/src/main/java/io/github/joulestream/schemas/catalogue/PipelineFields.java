// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#PIPELINE}. */
final class PipelineFields {
  private PipelineFields() {}

  static Definition definition() {
    return Definition.of("pipeline", Retention.WEEKS, "component", "topic", "site")
        .longs("lag_records")
        .doubles("records_per_second", "points_per_second")
        .longs("unreadable", "refused_by_store", "retries", "age_millis", "difference_millijoules")
        .build();
  }
}
