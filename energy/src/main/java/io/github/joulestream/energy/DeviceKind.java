// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/** What a power figure is the power of. Sums are kept per kind; see {@link Device#containedIn}. */
public enum DeviceKind {
  /** One GPU board, its memory included. */
  GPU,
  /** The main memory of a node, or one socket's part of it. */
  MEMORY,
  /** One drive. */
  STORAGE,
  /** One processor package. */
  CPU,
  /** A whole node at its supply; contains everything inside it. */
  NODE,
  /** A site's meter: cooling, network and losses included. Never attributed to jobs. */
  FACILITY
}
