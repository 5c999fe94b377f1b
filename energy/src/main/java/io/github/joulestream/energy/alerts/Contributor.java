// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * Who draws a part of a scope's power.
 *
 * @param kind what it is
 * @param name the node or job
 * @param shareBasisPoints its part of the scope's power, in basis points (1/10,000)
 * @param milliwatts what it draws in the scope
 */
public record Contributor(Consumer kind, String name, int shareBasisPoints, long milliwatts) {
  /** Who can draw power. */
  public enum Consumer {
    NODE,
    JOB
  }
}
