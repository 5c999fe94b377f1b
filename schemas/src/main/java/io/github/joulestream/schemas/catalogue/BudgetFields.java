// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#BUDGET}. */
final class BudgetFields {
  private BudgetFields() {}

  static Definition definition() {
    return Definition.of("budget", Retention.YEARS, "site", "budget")
        .longs("in_force")
        .texts("scope", "scope_kind", "period", "zone", "owner", "note")
        .doubles("limit_watts")
        .longs("limit_millijoules")
        .build();
  }
}
