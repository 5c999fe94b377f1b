// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.SiteAmount;

/** Fields of {@link Measurement#LEDGER}. */
final class LedgerFields {
  private LedgerFields() {}

  static Definition definition() {
    return Definition.of("ledger", Retention.WEEKS, "site", Measurement.WINDOW)
        .hoursFor(Retention.YEARS)
        .amounts(SiteAmount.values())
        .longs("difference_millijoules")
        .build();
  }
}
