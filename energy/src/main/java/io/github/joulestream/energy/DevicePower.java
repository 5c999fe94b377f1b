// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * Properties of a device's power sensor.
 *
 * @param limitMilliwatts the highest power the device is built for, or 0 if unknown; where an
 *     interface reports only the cap in force, that cap. Readings are judged by it within bounds of
 *     the kind alone
 * @param averagingMillis if over 0, each power value is the mean over that many milliseconds up to
 *     the reading's time
 */
public record DevicePower(long limitMilliwatts, int averagingMillis) {
  /** No limit is known, and each power value is of its moment. */
  public static final DevicePower UNKNOWN = new DevicePower(0, 0);

  public DevicePower {
    Bounds.count(limitMilliwatts, Bounds.POWER_LIMIT_MILLIWATTS, "power limit of a device, mW");
    Bounds.count(averagingMillis, Bounds.AVERAGING_MILLIS, "averaging of a device, ms");
  }
}
