// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import org.jspecify.annotations.Nullable;

/** What comes in about a job. */
public sealed interface JobNews {
  /**
   * Energy to add.
   *
   * @param value as it was between the parts of the topology
   */
  record Increment(byte @Nullable [] value) implements JobNews {}

  /**
   * What a scheduler says.
   *
   * @param value as it was on the wire; null if whose job it is is to be forgotten
   */
  record Statement(byte @Nullable [] value) implements JobNews {}
}
