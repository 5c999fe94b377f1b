// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import org.jspecify.annotations.Nullable;

/** What is told of a job. */
public sealed interface JobOutput {
  /** A window of it, as it stands. */
  record Window(JobWindow window) implements JobOutput {}

  /** The whole job, as it stands. */
  record Summary(JobSummary summary) implements JobOutput {}

  /** A statement that could not be used; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements JobOutput {}
}
