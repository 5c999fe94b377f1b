// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * A device and how much of it a job has.
 *
 * @param deviceId the device's id on its node
 * @param parts share in parts of 10,000; 10,000 is the whole device
 */
public record DeviceShare(String deviceId, int parts) {
  public DeviceShare {
    if (deviceId.isEmpty()) {
      throw new IllegalArgumentException("device id is empty");
    }
    if (parts < 0 || parts > 10_000) {
      throw new IllegalArgumentException("share of " + deviceId + " is " + parts + " parts");
    }
  }

  public static DeviceShare whole(String deviceId) {
    return new DeviceShare(deviceId, 10_000);
  }
}
