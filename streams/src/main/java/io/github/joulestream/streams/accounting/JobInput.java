// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import org.jspecify.annotations.Nullable;

/** What {@link TotalJobs} takes in. */
public sealed interface JobInput {
  /**
   * Energy to add to a window.
   *
   * @param value an increment, as it was in the repartition topic
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Increment(byte @Nullable [] value) implements JobInput {}

  /**
   * What a scheduler reports of a job.
   *
   * @param value a job, as it was on the wire; null if its user, project and labels are to be
   *     deleted
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Report(byte @Nullable [] value) implements JobInput {}
}
