// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/** Where a job stands. */
public enum JobState {
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED,
  TIMEOUT,
  /**
   * Energy was booked to it, but no scheduler said anything of it; or it has ended, as its nodes
   * say, and nobody said how.
   */
  UNKNOWN;

  public boolean ended() {
    return this != RUNNING && this != UNKNOWN;
  }
}
