// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.ReadingColumns;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a node's batches and their accounts, in the order of the batch: batches of one
 * node have the same devices in the same order, so that no reading costs a lookup by name. Mutable;
 * owned by the {@link NodeDevices}.
 */
final class DeviceSlots {
  // Samples of a longer time are counted against the sums that a record may add before they are
  // booked: an hour adds 360 windows of a device. At twice that a batch of 1,000 devices could add
  // 720,000 windows uncounted.
  private static final long MAX_REGULAR_MILLIS = 3_600_000;

  private final NodeDevices devices;
  private final Device[] named;
  private final @Nullable DeviceAccount[] accounts;
  private final @Nullable DeviceAccount[] regular;
  private final Sources[] sources;
  private final boolean distinct;

  DeviceSlots(NodeDevices devices, ReadingColumns batch) {
    this.devices = devices;
    named = new Device[batch.size()];
    accounts = new DeviceAccount[batch.size()];
    regular = new DeviceAccount[batch.size()];
    sources = new Sources[batch.size()];
    Set<String> keys = new HashSet<>();
    for (int d = 0; d < named.length; d++) {
      named[d] = batch.device(d);
      String key = NodeDevices.keyOf(named[d]);
      keys.add(key);
      sources[d] = devices.sourcesOf(key);
    }
    distinct = keys.size() == named.length;
  }

  /**
   * Finds the devices whose readings are regular, all of them before any is booked: the books of a
   * node come from main memory, and read in one go the loads overlap.
   *
   * @param rival true if another batch had the number of this one; then none is regular
   */
  void findRegular(ReadingColumns batch, long agentEpoch, long arrivalEpochMillis, boolean rival) {
    for (int d = 0; d < named.length; d++) {
      int from = batch.first(d);
      int to = batch.first(d + 1);
      DeviceAccount account = account(d);
      if (account != null) {
        account.noteArrival(arrivalEpochMillis);
      }
      regular[d] =
          distinct
                  && !rival
                  && account != null
                  && from < to
                  && sources[d].isLast(agentEpoch)
                  && batch.epochMillis()[to - 1] - account.lastMillis() <= MAX_REGULAR_MILLIS
                  && account.isRegular(
                      batch,
                      batch.device(d),
                      from,
                      to,
                      arrivalEpochMillis,
                      devices.sharesOf(account, named[d]))
              ? account
              : null;
    }
  }

  /** The account of a device whose readings are regular; null if they need the slow path. */
  @Nullable DeviceAccount regular(int d) {
    return regular[d];
  }

  /** True if no device is named twice. */
  boolean areDistinct() {
    return distinct;
  }

  /** True if a batch has these devices, in this order and with the same properties. */
  boolean areOf(ReadingColumns batch) {
    if (batch.size() != named.length) {
      return false;
    }
    for (int d = 0; d < named.length; d++) {
      if (!batch.device(d).equals(named[d])) {
        return false;
      }
    }
    return true;
  }

  private @Nullable DeviceAccount account(int d) {
    DeviceAccount known = accounts[d];
    if (known == null) {
      known = devices.find(NodeDevices.keyOf(named[d]));
      accounts[d] = known;
    }
    return known;
  }

  /** An account was replaced: they are looked up again. */
  void forgetAccounts() {
    Arrays.fill(accounts, null);
  }
}
