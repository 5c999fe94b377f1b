// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#GRID} and {@link Measurement#GRID_NOW}. */
final class GridFields {
  private GridFields() {}

  /** All issues. */
  static Definition issues() {
    return common("grid")
        .longs("issued_epoch_millis", "withdrawn")
        .texts("provider", "zone", "given")
        .build();
  }

  /** The latest issue of each interval. */
  static Definition latest() {
    return common("grid_now").longs("in_force").build();
  }

  private static Definition.Builder common(String name) {
    return Definition.of(name, Retention.YEARS, "site", "kind", "basis", "source")
        .doubles("value")
        .longs("value_nano", "to_epoch_millis")
        .texts("currency", "quality");
  }
}
