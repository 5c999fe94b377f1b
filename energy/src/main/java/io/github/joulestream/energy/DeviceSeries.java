// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

/** A device and some of its readings. */
public record DeviceSeries(Device device, Readings readings) {
  public DeviceSeries {
    requireNonNull(device, "device is null");
    requireNonNull(readings, "readings is null");
  }
}
