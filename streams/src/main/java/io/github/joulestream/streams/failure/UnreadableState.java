// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.runtime.UserError;
import java.util.Optional;

/**
 * Failures because another release wrote the state, or because it is damaged: no other thread or
 * try can read it either.
 */
public final class UnreadableState {
  private UnreadableState() {}

  /**
   * The error for the operator, if this is such a failure.
   *
   * @param applicationId the application whose thread failed
   */
  public static Optional<UserError> of(String applicationId, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownStateFormatException || cause instanceof DamagedStateException) {
        return Optional.of(
            new UserError(
                ("the state of %s is not readable: %s; no record was processed with it. Start the release that"
                        + " wrote it, or reset the state: see docs/records.md, State of another release")
                    .formatted(applicationId, cause.getMessage()),
                failure));
      }
    }
    return Optional.empty();
  }
}
