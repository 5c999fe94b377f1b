// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/** How the power over a limit is shared out as advice on caps. */
public enum CapMode {
  /** No advice. */
  NONE,
  /** Each is cut by the same share of its power above its idle floor. */
  PROPORTIONAL,
  /** Those of the lowest priority are cut first, down to their floor; equals proportionally. */
  PRIORITY
}
