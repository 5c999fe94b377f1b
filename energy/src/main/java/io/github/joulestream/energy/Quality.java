// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/** How far a millijoule can be trusted. Every booked millijoule has exactly one quality. */
public enum Quality {
  /** Difference of a counter, or power between two readings no further apart than the gap limit. */
  MEASURED,
  /** Interpolated over a longer gap, or held from the nearest reading. */
  ESTIMATED,
  /** From a model of the device. */
  MODELLED
}
