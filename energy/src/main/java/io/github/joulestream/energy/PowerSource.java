// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/** How the power of a device came to be known. */
public enum PowerSource {
  /** A cumulative energy counter of the hardware. */
  COUNTER,
  /** A power sensor, sampled. */
  SENSOR,
  /** Worked out from activity and data-sheet figures; nothing was measured. */
  MODELLED
}
