// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An alert at the second since which it fires. */
public final class AlertPoint {
  private AlertPoint() {}

  /** One point. */
  public static StorePoint of(Alert alert) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alert_id", alert.id());
    fields.put("state", alert.state().name());
    fields.put("severity", alert.severity().name());
    fields.put("scope", alert.scope());
    fields.put("scope_kind", Scope.parse(alert.scope()).kind().name());
    fields.put("budget", alert.budget());
    fields.put("unit", alert.measured().unit());
    fields.put("value", alert.measured().value());
    fields.put("limit_value", alert.measured().limit());
    if (alert.measured().limit() != 0) {
      fields.put("limit_ratio", alert.measured().value() / alert.measured().limit());
    }
    fields.put("completeness_ratio", alert.measured().completenessBasisPoints() / 10_000.0);
    fields.put("threshold_percent", (long) alert.measured().thresholdPercent());
    fields.put("since_epoch_millis", alert.times().sinceEpochMillis());
    fields.put("updated_epoch_millis", alert.times().updatedEpochMillis());
    fields.put("ended_epoch_millis", alert.times().endedEpochMillis());
    fields.put("revision", (long) alert.revision());
    fields.put("summary", alert.summary());
    fields.put(
        "contributors",
        alert.contributors().stream().map(AlertPoint::text).collect(Collectors.joining("; ")));
    fields.put("inhibited_by", alert.routing().inhibitedBy());
    fields.put("owner", alert.routing().owner());
    fields.put("note", alert.routing().note());
    return new StorePoint(
        Measurement.ALERT,
        Parts.tags("site", alert.site(), "rule", alert.rule().label()),
        fields,
        Parts.secondNanos(alert.times().sinceEpochMillis()) + Parts.hash(alert.id(), 0));
  }

  /** {@code job 17 31 % 372 kW}. */
  private static String text(Contributor contributor) {
    return "%s %s %s %s"
        .formatted(
            contributor.kind().name().toLowerCase(Locale.ROOT),
            contributor.name(),
            Quantities.percent(contributor.shareBasisPoints() / 1e4),
            Quantities.power(contributor.milliwatts()));
  }
}
