// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.watch;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import org.jspecify.annotations.Nullable;

/** What the watch over sites gives on. */
public sealed interface Watched {
  /** An alert that fires, changes or ends; the record's key is its id. */
  record Told(Alert alert) implements Watched {}

  /** Caps that would help; the record's key is the site. */
  record Advised(CapAdvice advice) implements Watched {}

  /** Something unusable, as it came; the reason is in the record's headers. */
  record Refused(byte @Nullable [] value) implements Watched {}
}
