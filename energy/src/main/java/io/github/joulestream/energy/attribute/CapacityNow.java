// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.NodeCapacity;

/**
 * Memory, storage and GPUs of a node by the latest readings of its devices, and the shares of jobs
 * at that time. One thread; used once.
 */
final class CapacityNow {
  private static final long MEBIBYTE = 1 << 20;

  private final Room memory = new Room();
  private final Room storage = new Room();
  private int gpus;
  private long gpusAllocatedBasisPoints;

  /** The devices of one kind that report their size, MiB: whole ones of each, so none overflows. */
  private static final class Room {
    private long seen;
    private long allocated;
    private long used;
    private boolean unknown;

    void add(long bytes, long allocatedBasisPoints, long usedBytes) {
      if (bytes <= 0) {
        return; // it measures the power of what another device has the size of
      }
      long mebibytes = bytes / MEBIBYTE;
      seen += mebibytes;
      allocated += mebibytes * allocatedBasisPoints / Shares.WHOLE;
      unknown |= usedBytes == MISSING;
      used += usedBytes == MISSING ? 0 : usedBytes / MEBIBYTE;
    }

    CapacityUse use() {
      return seen == 0
          ? CapacityUse.NONE
          : new CapacityUse(seen, allocated, unknown ? CapacityUse.UNKNOWN : used);
    }
  }

  /**
   * Adds a device that counts.
   *
   * @param usedBytes bytes in use, or MISSING
   * @param holders who holds it now
   */
  void add(Device device, long usedBytes, Shares.Holders holders) {
    long idle = holders.weights()[holders.jobs().size()];
    long allocated = Shares.WHOLE - idle * Shares.WHOLE / holders.weightSum();
    switch (device.kind()) {
      case GPU -> {
        gpus++;
        gpusAllocatedBasisPoints += allocated;
      }
      case MEMORY -> memory.add(device.capacityBytes(), allocated, usedBytes);
      case STORAGE -> storage.add(device.capacityBytes(), allocated, usedBytes);
      case CPU, NODE, FACILITY, UPS, PDU, GENERATION, EXPORT -> {}
    }
  }

  NodeCapacity capacity() {
    return new NodeCapacity(memory.use(), storage.use(), gpus, (int) gpusAllocatedBasisPoints);
  }
}
