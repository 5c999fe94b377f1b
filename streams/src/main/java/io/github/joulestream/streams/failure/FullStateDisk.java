// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import io.github.joulestream.runtime.FullDisk;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Failures because the disk of the state is full: another thread would fail too, after it had
 * restored its state onto that disk.
 */
public final class FullStateDisk {
  private FullStateDisk() {}

  /**
   * The error for the operator, if this is such a failure.
   *
   * @param folder of the state
   */
  public static Optional<UserError> of(Path folder, Throwable failure) {
    return FullDisk.in(failure)
        .map(cause ->
            new UserError(
                ("the disk of the state in %s is full (%s); make room on it, and start this again:"
                        + " what is missing of the state is restored from Kafka")
                    .formatted(folder, cause),
                failure));
  }
}
