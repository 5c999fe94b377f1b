// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#ALERT}. */
final class AlertFields {
  private AlertFields() {}

  static Definition definition() {
    return Definition.of("alert", Retention.YEARS, "site", "rule")
        .texts("alert_id", "state", "severity", "scope", "scope_kind", "budget", "unit")
        .doubles("value", "limit_value", "limit_ratio", "completeness_ratio")
        .longs(
            "threshold_percent",
            "since_epoch_millis",
            "updated_epoch_millis",
            "ended_epoch_millis",
            "revision")
        .texts("summary", "contributors", "inhibited_by", "owner", "note")
        .build();
  }
}
