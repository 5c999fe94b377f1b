// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

/** Writes an alert's details; called only when the alert may be emitted. */
@FunctionalInterface
interface AlertText {
  /**
   * The details now.
   *
   * @param level at which the alarm fires; -1 if it has just resolved
   */
  AlertDetails at(int level);
}
