// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#PLACEMENT}. */
final class PlacementFields {
  private PlacementFields() {}

  static Definition definition() {
    return Definition.of("placement", Retention.YEARS, "site", "node")
        .texts("job")
        .longs("anchor_epoch_millis", "held_epoch_millis", "end_epoch_millis")
        .texts("ended_by")
        .longs("gpus", "gpus_on_node")
        .texts("devices", "holds")
        .longs(
            "memory_basis_points", "storage_basis_points", "cpu_basis_points", "node_basis_points")
        .build();
  }
}
