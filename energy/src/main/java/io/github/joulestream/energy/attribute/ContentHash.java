// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.StatusRows;

/**
 * A number for all that is booked of a batch of which the bytes are not at hand: two batches with
 * the same content have the same, and two that differ have another but once in four billion times.
 * It is the same in every process and release, for it belongs to the state.
 *
 * <p>Each value is multiplied into what was before by an odd constant and the upper half folded
 * down: a step of the finaliser of MurmurHash3.
 */
final class ContentHash {
  private static final long PRIME = 0xff51afd7ed558ccdL;

  private ContentHash() {}

  /** Of a device's properties. */
  private static long of(Device device) {
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

  /** Of a batch. */
  static int of(ReadingColumns batch) {
    long[] times = batch.epochMillis();
    long[] powers = batch.powerMilliwatts();
    long[] energies = batch.energyMicrojoules();
    long[] utilisations = batch.utilisationBasisPoints();
    long[] used = batch.usedBytes();
    // a sum for each column: each step waits for the one before it in its own sum alone
    long a = 1;
    long b = 2;
    long c = 3;
    long d = 4;
    long e = 5;
    int rows = batch.rows();
    for (int row = 0; row < rows; row++) {
      a = (a ^ times[row]) * PRIME;
      b = (b ^ powers[row]) * PRIME;
      c = (c ^ energies[row]) * PRIME;
      d = (d ^ utilisations[row]) * PRIME;
      e = (e ^ used[row]) * PRIME;
      a ^= a >>> 32;
      b ^= b >>> 32;
      c ^= c >>> 32;
      d ^= d >>> 32;
      e ^= e >>> 32;
    }
    long hash = add(add(add(add(add(rows, a), b), c), d), e);
    for (int i = 0; i < batch.size(); i++) {
      hash = add(hash, of(batch.device(i)) + batch.first(i));
    }
    StatusRows statuses = batch.statuses();
    for (int row = 0; row < statuses.size(); row++) {
      hash = add(add(hash, statuses.device(row)), statuses.epochMillis(row));
      for (int i = 0; i < StatusColumn.count(); i++) {
        hash = add(hash, statuses.get(row, StatusColumn.at(i)));
      }
    }
    return (int) (hash ^ hash >>> Integer.SIZE);
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
