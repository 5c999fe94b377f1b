// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import org.jspecify.annotations.Nullable;

/** What the watch over sites gives on. */
public sealed interface AlertsOutput {
  /** An alert that fires, changes or ends; the record's key is its id. */
  record Told(Alert alert) implements AlertsOutput {}

  /** Caps that would help; the record's key is the site. */
  record Advised(CapAdvice advice) implements AlertsOutput {}

  /** Something unusable, as it came; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements AlertsOutput {}
}
