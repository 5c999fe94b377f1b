// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

/** How a value of a feed is known, the best first. */
public enum GridQuality {
  MEASURED,
  ESTIMATED,
  FORECAST,
  /** Made up, as those of the simulator. */
  SYNTHETIC
}
