// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How many devices of a node are kept, and when one is forgotten. What is over it is refused: so no
 * sender decides how large the state of a node becomes.
 */
final class DeviceRoom {
  /** Devices of a node. */
  static final int MAX_DEVICES = Bounds.DEVICES;

  /** Further devices of the kind of a container: a meter's channels. Each has a sum a window. */
  static final int MAX_SECONDS = 128;

  /**
   * A device of which nothing is received for so long is forgotten: longer than an allocation
   * lives.
   */
  static final long FORGET_MILLIS = 35L * 24 * 3_600_000;

  /** How often devices that are to be forgotten are looked for. */
  static final long FORGET_INTERVAL_MILLIS = 24L * 3_600_000;

  // of all devices, about, as they are written down
  private static final long MAX_BYTES = 4 << 20;
  private static final int BYTES_OF_DEVICE = 400;
  // a device is written again with the books before each long gap
  private static final int COPIES = 2;

  private DeviceRoom() {}

  /** Why there is no room for a device as it is now; null if there is. */
  static @Nullable String overWith(
      Device device,
      @Nullable Device known,
      Collection<DeviceAccount> devices,
      Collection<Unmeasured> unmeasured,
      Containers containers) {
    if (known == null && devices.size() + unmeasured.size() >= MAX_DEVICES) {
      return "%,d devices".formatted(MAX_DEVICES);
    }
    DeviceKind within = Containers.containerOf(device);
    Container own = within == device.kind() ? containers.of(within) : null;
    if (own != null && !own.knows(device.id())) {
      return "%,d further devices of kind %s".formatted(MAX_SECONDS, within);
    }
    if (known != null && known.model().length() >= device.model().length()) {
      return null;
    }
    long bytes = bytesOf(device);
    for (DeviceAccount account : devices) {
      bytes += bytesOf(account.device());
    }
    for (Unmeasured of : unmeasured) {
      bytes += bytesOf(of.device());
    }
    return bytes > MAX_BYTES ? "%,d bytes of devices".formatted(MAX_BYTES) : null;
  }

  private static long bytesOf(Device device) {
    return BYTES_OF_DEVICE + (long) COPIES * (device.id().length() + 2L * device.model().length());
  }

  /** True if nothing was received of it for so long that it is forgotten. */
  static boolean isForgotten(long receivedMillis, long nowMillis) {
    return receivedMillis < nowMillis - FORGET_MILLIS;
  }
}
