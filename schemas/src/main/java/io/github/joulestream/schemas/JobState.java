// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/** State of a job. */
public enum JobState {
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED,
  TIMEOUT,
  /**
   * It has energy, but no record of the scheduler arrived; or its nodes report its end, and the
   * scheduler does not report how it ended.
   */
  UNKNOWN;

  public boolean ended() {
    return this != RUNNING && this != UNKNOWN;
  }
}
