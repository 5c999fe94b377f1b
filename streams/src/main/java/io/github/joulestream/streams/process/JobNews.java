// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import io.github.joulestream.schemas.JobWindow;
import org.jspecify.annotations.Nullable;

/** What comes in about a job. */
public sealed interface JobNews {
  /** Energy to add. */
  record Increment(JobWindow window) implements JobNews {}

  /**
   * What a scheduler says.
   *
   * @param value as it was on the wire; null if what was said of the job is to be forgotten
   */
  record Statement(byte @Nullable [] value) implements JobNews {}
}
