// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

/** What comes in about a node, still as it was on the wire, so that it can be kept if unusable. */
public sealed interface NodeNews {
  byte[] value();

  /** A telemetry batch. */
  record Telemetry(byte[] value) implements NodeNews {}

  /** An allocation event. */
  record Allocation(byte[] value) implements NodeNews {}
}
