// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a node that reported rows without energy and no usable reading before; see {@link
 * Unmeasured}. Mutable; owned by the {@link NodeAccount}.
 */
final class UnmeasuredDevices {
  private final Limits limits;
  private final Allocations allocations;
  private final NodeDevices devices;
  // by key; most nodes have none
  private Map<String, Unmeasured> byKey = Map.of();

  UnmeasuredDevices(Limits limits, Allocations allocations, NodeDevices devices) {
    this.limits = limits;
    this.allocations = allocations;
    this.devices = devices;
  }

  Collection<Unmeasured> all() {
    return byKey.values();
  }

  @Nullable Unmeasured find(String key) {
    return byKey.get(key);
  }

  boolean isKnown(String key) {
    return byKey.containsKey(key);
  }

  private void put(Unmeasured unmeasured) {
    if (byKey.isEmpty()) {
      byKey = new TreeMap<>();
    }
    byKey.put(NodeDevices.keyOf(unmeasured.device()), unmeasured);
  }

  /** Takes note of a row without energy, of a device that has none before it. */
  void note(Device device, long window, long arrivalEpochMillis, Increments books) {
    String key = NodeDevices.keyOf(device);
    if (!Unmeasured.concerns(device) || window >= firstUsable(key)) {
      return;
    }
    Unmeasured known = byKey.get(key);
    if (known == null) {
      known = new Unmeasured(device, limits, window);
      put(known);
      if (device.kind() != DeviceKind.GPU && !devices.isSeen(device.id())) {
        // from now on its time is booked here, be it held by name or not
        Map<String, Allocations.Stay> naming = allocations.staysNaming(device.id());
        devices.bookNeverSeen(naming, -1, books);
        devices.seeWithoutEnergy(device);
        devices.bookNeverSeen(naming, 1, books);
      }
    }
    known.noteArrival(arrivalEpochMillis);
    if (known.add(window)) {
      known.book(window, firstUsable(key), allocations.sharesOf(device), 1, books);
    }
  }

  /** Time of the first usable reading of a device; {@link Unmeasured#NEVER} if there is none. */
  long firstUsable(String key) {
    DeviceAccount account = devices.find(key);
    return account == null ? Unmeasured.NEVER : account.firstMillis();
  }

  /** Corrects what is booked of a device if its first usable reading is another now. */
  void measuredSince(String key, long firstBefore, Increments books) {
    Unmeasured known = byKey.get(key);
    long first = firstUsable(key);
    if (known == null || first == firstBefore) {
      return;
    }
    books.countAll();
    Shares shares = allocations.sharesOf(known.device());
    known.book(Long.MIN_VALUE, Long.MAX_VALUE, firstBefore, shares, -1, books);
    known.book(Long.MIN_VALUE, Long.MAX_VALUE, first, shares, 1, books);
    known.forgetFrom(limits.windowOf(first));
  }

  /** The shares that jobs hold of each device, by key. */
  Map<String, Shares> shares() {
    if (byKey.isEmpty()) {
      return Map.of();
    }
    Map<String, Shares> shares = new HashMap<>();
    byKey.forEach((key, known) -> shares.put(key, allocations.sharesOf(known.device())));
    return shares;
  }

  /**
   * Books other shares.
   *
   * @param before the shares as they were booked, by key
   */
  void correctShares(Map<String, Shares> before, Increments books) {
    before.forEach((key, old) -> {
      Unmeasured known = byKey.get(key);
      if (known == null) {
        throw new IllegalStateException("device " + key + " is not known");
      }
      Shares now = allocations.sharesOf(known.device());
      long from = Shares.firstDifference(old, now);
      if (from != Long.MAX_VALUE) {
        long to = Shares.lastDifference(old, now);
        long first = firstUsable(key);
        known.book(from, to, first, old, -1, books);
        known.book(from, to, first, now, 1, books);
      }
    });
  }

  // ---- devices that no longer report

  /** Adds devices of which nothing was received for so long that they are forgotten. */
  void addForgettable(long nowMillis, Collection<Device> forgettable) {
    for (Unmeasured known : byKey.values()) {
      if (DeviceRoom.isForgotten(known.lastArrivalMillis(), nowMillis)) {
        forgettable.add(known.device());
      }
    }
  }

  /** Forgets devices; what is booked of them stays. */
  void forget(Collection<Device> forgotten) {
    if (!byKey.isEmpty()) {
      forgotten.forEach(device -> byKey.remove(NodeDevices.keyOf(device)));
    }
  }

  // ---- state

  void write(StateWriter state) throws IOException {
    state.number(byKey.size());
    for (Unmeasured known : byKey.values()) {
      known.write(state);
      state.writeLong(known.lastArrivalMillis());
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param receivedMillis when the last record arrived, for formats that have no time of a device
   */
  void read(StateReader in, long receivedMillis) throws IOException {
    int format = in.format();
    for (int left = format > NodeFormats.WITHOUT_UNMEASURED ? in.countOrInt() : 0;
        left > 0;
        left--) {
      Unmeasured known = Unmeasured.read(in, limits);
      known.noteArrival(format > NodeFormats.WITHOUT_SECTIONS ? in.readLong() : receivedMillis);
      put(known);
      devices.seeWithoutEnergy(known.device());
    }
  }
}
