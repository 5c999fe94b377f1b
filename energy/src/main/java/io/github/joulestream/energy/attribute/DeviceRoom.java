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
  /** Devices of a node: as many as one batch may have. At twice that twice the memory. */
  static final int MAX_DEVICES = Bounds.DEVICES;

  /**
   * Further devices of the kind of a container: a meter's channels, of which the largest chassis
   * have some dozens. Each has a sum a window, 8 KiB; at twice that a container takes 2 MiB.
   */
  static final int MAX_SECONDS = 128;

  /**
   * A device of which nothing is received for so long is forgotten: longer than an allocation
   * lives.
   */
  static final long FORGET_MILLIS = 35L * 24 * 3_600_000;

  /**
   * How often devices that are to be forgotten are looked for: a day of five weeks. At twice that
   * they are kept for a day longer.
   */
  static final long FORGET_INTERVAL_MILLIS = 24L * 3_600_000;

  /**
   * Approximate bytes of all devices as they are written: compressed with the rest of the node's
   * state less than the 4 MiB that a record of a changelog may have. At twice that it may be more.
   */
  private static final long MAX_BYTES = 4 << 20;

  // measured: the books of a device without its names
  private static final int BYTES_OF_DEVICE = 400;
  // the names are written again with the books before a long gap
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
