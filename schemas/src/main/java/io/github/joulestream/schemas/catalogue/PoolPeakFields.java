// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#POOL_PEAK}. */
final class PoolPeakFields {
  private PoolPeakFields() {}

  static Definition definition() {
    return Definition.of("pool_peak", Retention.YEARS, "site", "resource", "pool", "pool_group")
        .longs("peak_mebibytes", "seen_mebibytes")
        .build();
  }
}
