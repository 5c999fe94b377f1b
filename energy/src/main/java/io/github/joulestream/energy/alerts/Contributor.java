// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * A consumer of a scope's power.
 *
 * @param kind what it is
 * @param name the node or job
 * @param shareBasisPoints its share of the scope's power, in basis points (1/10,000)
 * @param milliwatts its power in the scope
 */
public record Contributor(Consumer kind, String name, int shareBasisPoints, long milliwatts) {
  /** Kinds of consumers. */
  public enum Consumer {
    NODE,
    JOB
  }
}
