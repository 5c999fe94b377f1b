// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.ReadingColumns;

/**
 * A number for all that a batch says of its devices: two batches that say the same have the same,
 * however they were encoded, and two that differ have another but once in four billion times. It is
 * the same in every process and release, for it is part of the state. Allocates nothing.
 *
 * <p>Each value is multiplied into what was before by an odd constant and the upper half folded
 * down: a step of the finaliser of MurmurHash3.
 */
final class ContentHash {
  private static final long PRIME = 0xff51afd7ed558ccdL;
  private static final int[] COLUMNS = {
    ReadingColumns.POWER,
    ReadingColumns.ENERGY,
    ReadingColumns.UTILISATION,
    ReadingColumns.USED,
    ReadingColumns.READ,
    ReadingColumns.WRITTEN
  };

  private ContentHash() {}

  /** Of a device's properties. */
  static long of(Device device) {
    long hash = add(0, device.id());
    hash = add(hash, device.kind().name());
    hash = add(hash, device.source().name());
    DeviceKind container = device.containedIn();
    hash = add(hash, container == null ? "" : container.name());
    hash = add(hash, device.model());
    hash = add(hash, device.powerLimitMilliwatts());
    hash = add(hash, device.averagingMillis());
    hash = add(hash, device.counterEpoch());
    hash = add(hash, device.counterWrapMicrojoules());
    hash = add(hash, device.capacityBytes());
    return add(hash, device.instanceOf());
  }

  /** Of a batch's rows; never 0. */
  static int of(ReadingColumns batch, long[] ofDevices) {
    long hash = batch.size();
    for (int d = 0; d < batch.size(); d++) {
      int from = batch.first(d);
      int to = batch.first(d + 1);
      int given = batch.given(d);
      hash = add(add(hash, ofDevices[d]), (long) given << Integer.SIZE | (to - from));
      hash = add(hash, batch.epochMillis(), from, to);
      for (int column : COLUMNS) {
        if ((given & column) != 0) {
          hash = add(hash, batch.column(column), from, to);
        }
      }
    }
    int folded = (int) (hash ^ hash >>> Integer.SIZE);
    return folded == 0 ? 1 : folded;
  }

  private static long add(long hash, long[] values, int from, int to) {
    long all = hash;
    for (int row = from; row < to; row++) {
      all = add(all, values[row]);
    }
    return all;
  }

  private static long add(long hash, String text) {
    long all = add(hash, text.length());
    for (int i = 0; i < text.length(); i++) {
      all = add(all, text.charAt(i));
    }
    return all;
  }

  private static long add(long hash, long value) {
    long mixed = (hash ^ value) * PRIME;
    return (mixed ^ mixed >>> 32) + 1;
  }
}
