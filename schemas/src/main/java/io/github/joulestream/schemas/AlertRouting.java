// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * To whom an alert is sent, and whether.
 *
 * @param inhibitedBy the id of an alert about the same in a larger scope, or empty; while it is not
 *     empty this alert is not sent to people
 * @param owner who answers for it, or empty
 * @param note of the budget, or empty
 */
public record AlertRouting(String inhibitedBy, String owner, String note) {
  public boolean isInhibited() {
    return !inhibitedBy.isEmpty();
  }

  /** The same, sent to people. */
  public AlertRouting uninhibited() {
    return new AlertRouting("", owner, note);
  }
}
