// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import org.jspecify.annotations.Nullable;

/** What comes in about a job. */
public sealed interface JobInput {
  /**
   * Energy to add.
   *
   * @param value as it was between the parts of the topology
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Increment(byte @Nullable [] value) implements JobInput {}

  /**
   * What a scheduler says.
   *
   * @param value as it was on the wire; null if whose job it is is to be forgotten
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Statement(byte @Nullable [] value) implements JobInput {}
}
