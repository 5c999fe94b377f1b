// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The epoch of counters that start anew when the machine does: another number after each boot, the
 * same for all programs until then. From {@code /proc/sys/kernel/random/boot_id}, see random(4).
 */
public final class BootEpoch {
  private BootEpoch() {}

  /** This boot's number, above 0; 0 if the machine does not give it. */
  public static long read(Path procRoot) {
    Path file = procRoot.resolve("sys").resolve("kernel").resolve("random").resolve("boot_id");
    try {
      UUID id = UUID.fromString(SysFile.text(file));
      // room above, for counters that start anew more often
      return (id.getMostSignificantBits() ^ id.getLeastSignificantBits()) >>> 2;
    } catch (IOException | IllegalArgumentException _) {
      return 0; // a counter that falls is noticed without it
    }
  }
}
