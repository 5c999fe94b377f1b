// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.Alert;
import java.net.URI;
import java.net.URLEncoder;
import org.jspecify.annotations.Nullable;

/** Where an alert can be looked at: the dashboard of what it is about, at the time it is about. */
final class Links {
  private static final long BEFORE_MILLIS = 1_800_000;
  private static final long AFTER_MILLIS = 600_000;

  private final @Nullable String grafana;

  /**
   * @param grafana where Grafana is, or null if there is none
   */
  Links(@Nullable URI grafana) {
    this.grafana = grafana == null ? null : grafana.toString().replaceFirst("/+$", "");
  }

  /** The dashboard, or empty. */
  String to(Alert alert) {
    if (grafana == null) {
      return "";
    }
    Scope scope = Scope.parse(alert.scope());
    String dashboard =
        scope.kind() == Scope.Kind.JOB
            ? "joulestream-job?var-job=" + encoded(scope.name()) + "&"
            : "joulestream-budgets?";
    return "%s/d/%svar-site=%s&from=%d&to=%s"
        .formatted(
            grafana,
            dashboard,
            encoded(alert.site()),
            alert.times().sinceEpochMillis() - BEFORE_MILLIS,
            alert.times().hasEnded()
                ? Long.toString(alert.times().endedEpochMillis() + AFTER_MILLIS)
                : "now");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
