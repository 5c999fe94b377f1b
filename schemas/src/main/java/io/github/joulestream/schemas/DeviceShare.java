// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;

/**
 * A device and how much of it a job has.
 *
 * @param deviceId the device's id on its node
 * @param basisPoints share in basis points (1/10,000); 10,000 is all of the device
 */
public record DeviceShare(String deviceId, int basisPoints) {
  public DeviceShare {
    Bounds.name(deviceId, "device id");
    Bounds.count(basisPoints, Bounds.WHOLE_BASIS_POINTS, "share of a device, basis points");
  }

  public static DeviceShare whole(String deviceId) {
    return new DeviceShare(deviceId, 10_000);
  }
}
