// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import java.util.List;

/** Alerts that a test sets. */
public final class FakeAlert {
  private FakeAlert() {}

  /** One that fires, of the site s. */
  public static Alert of(Scope scope, String summary) {
    return new Alert(
        Alert.fingerprint("s", Rule.POWER_BUDGET, scope),
        new AlertSubject(Rule.POWER_BUDGET, "s", "b", scope.text()),
        Severity.WARNING,
        AlertState.FIRING,
        new AlertMeasurement(1, 2, "W", 85, 10_000),
        new AlertTimes(FakeSite.NOW, FakeSite.NOW, AlertTimes.OPEN),
        List.of(
            new Contributor(Contributor.Consumer.NODE, "n1", 5_000, 1),
            new Contributor(Contributor.Consumer.JOB, "c/2", 5_000, 1)),
        summary,
        1,
        new AlertRouting("", "", ""));
  }
}
