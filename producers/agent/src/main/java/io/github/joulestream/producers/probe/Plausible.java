// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;

/**
 * Properties of devices, as drivers and firmware report them. What is beyond the bounds of the wire
 * is no reason to leave the device out: it is not known then.
 */
final class Plausible {
  private Plausible() {}

  /** The greatest power of a device, mW; 0 if that cannot be. */
  static long limitMilliwatts(long reported) {
    return reported < 0 || reported > Bounds.POWER_LIMIT_MILLIWATTS ? 0 : reported;
  }

  /** Over how long its power is a mean, ms; 0 if that cannot be. */
  static int averagingMillis(int reported) {
    return reported < 0 || reported > Bounds.AVERAGING_MILLIS ? 0 : reported;
  }

  /** Its size; 0 if that cannot be. */
  static long capacityBytes(long reported) {
    return reported < 0 || reported > Device.MAX_BYTES ? 0 : reported;
  }
}
