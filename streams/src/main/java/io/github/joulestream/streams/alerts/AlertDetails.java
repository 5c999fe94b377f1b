// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import java.util.List;

/**
 * What an alert holds beside its state and times.
 *
 * @param budget its id, or empty
 * @param summary one sentence for a person
 * @param owner of the budget, or empty
 * @param note of the budget, or empty
 */
record AlertDetails(
    String budget,
    Severity severity,
    AlertMeasurement measured,
    List<Contributor> contributors,
    String summary,
    String owner,
    String note) {

  /** Details of a rule that needs no budget. */
  static AlertDetails ofRule(
      Severity severity,
      AlertMeasurement measured,
      List<Contributor> contributors,
      String summary) {
    return new AlertDetails("", severity, measured, contributors, summary, "", "");
  }

  /** The details that were emitted last, with another summary. */
  static AlertDetails of(Alert emitted, String summary) {
    return new AlertDetails(
        emitted.budget(),
        emitted.severity(),
        emitted.measured(),
        emitted.contributors(),
        summary,
        emitted.routing().owner(),
        emitted.routing().note());
  }
}
