// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;

/**
 * Properties of devices, as drivers and firmware say them. What is beyond the bounds of the wire is
 * no reason to leave the device out: it is not known then.
 */
final class Plausible {
  private Plausible() {}

  /** The greatest power of a device, mW; 0 if that cannot be. */
  static long limitMilliwatts(long said) {
    return said < 0 || said > Bounds.POWER_LIMIT_MILLIWATTS ? 0 : said;
  }

  /** Over how long its power is a mean, ms; 0 if that cannot be. */
  static int averagingMillis(int said) {
    return said < 0 || said > Bounds.AVERAGING_MILLIS ? 0 : said;
  }

  /** Its size; 0 if that cannot be. */
  static long capacityBytes(long said) {
    return said < 0 || said > Device.MAX_BYTES ? 0 : said;
  }
}
