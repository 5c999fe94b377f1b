// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/** How what is over a power limit is shared out as advice. */
public enum CapMode {
  /** No advice. */
  NONE,
  /** Each gives the same part of what it draws over its idle floor. */
  PROPORTIONAL,
  /** Those of the lowest priority give first, down to their floor; equals proportionally. */
  PRIORITY
}
