// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#NODE}. */
final class NodeInventoryFields {
  private NodeInventoryFields() {}

  static Definition definition() {
    return Definition.of("node", Retention.YEARS, "site", "node")
        .texts("rack", "labels", "agent_version")
        .longs("reported_epoch_millis", "spooled_batches", "dropped_batches")
        .texts("unavailable")
        .longs("not_understood")
        .build();
  }
}
