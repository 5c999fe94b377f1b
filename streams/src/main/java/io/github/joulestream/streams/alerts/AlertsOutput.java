// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import org.jspecify.annotations.Nullable;

/** Output of the alerts of all sites. */
public sealed interface AlertsOutput {
  /** An alert that fires, changes or resolves; the record's key is its id. */
  record AlertChange(Alert alert) implements AlertsOutput {}

  /** Caps that would bring a scope under its limit; the record's key is the site. */
  record Advice(CapAdvice advice) implements AlertsOutput {}

  /** A record that was refused, as it came; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it came
  record Refused(byte @Nullable [] value) implements AlertsOutput {}
}
