// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import io.github.joulestream.schemas.JobWindow;

/** What comes in about a job. */
public sealed interface JobNews {
  /** Energy to add. */
  record Increment(JobWindow window) implements JobNews {}

  /** What a scheduler says, as it was on the wire. */
  record Statement(byte[] value) implements JobNews {}
}
