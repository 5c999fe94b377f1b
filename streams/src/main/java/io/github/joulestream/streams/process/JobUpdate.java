// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import org.jspecify.annotations.Nullable;

/** What is told of a job. */
public sealed interface JobUpdate {
  /** A window of it, as it stands. */
  record Window(JobWindow window) implements JobUpdate {}

  /** The whole job, as it stands. */
  record Summary(JobSummary summary) implements JobUpdate {}

  /** A statement that could not be used; the reason is in the record's headers. */
  record Refused(byte @Nullable [] value) implements JobUpdate {}
}
