// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/** Whether an alert holds. */
public enum AlertState {
  FIRING,
  RESOLVED
}
