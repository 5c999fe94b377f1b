// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a node that have readings: the books of each, the sources that report it, and the
 * shares that jobs hold of it. Mutable; owned by the {@link NodeAccount}.
 */
final class NodeDevices {
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final Limits limits;
  private final Scratch scratch;
  private final Allocations allocations;
  // by key: a device that reports another kind from now on is another device
  private final LinkedHashMap<String, DeviceAccount> accounts = new LinkedHashMap<>();
  private final Map<String, Sources> sources = new HashMap<>();
  // ids of devices that a job can hold and that reported something, though no energy
  private Set<String> idsWithoutEnergy = Set.of();
  private final SiteMeters meters;
  private DeviceSlots slots;
  // by code of the kind; made when asked for, which nodes without containers never do
  private @Nullable List<DeviceAccount> @Nullable [] byKind;

  NodeDevices(Limits limits, Scratch scratch, Allocations allocations) {
    this.limits = limits;
    this.scratch = scratch;
    this.allocations = allocations;
    this.meters = new SiteMeters(limits);
    this.slots = new DeviceSlots(this, new ReadingColumns());
  }

  /**
   * The key of a device. Which shares jobs hold of a device depends on its kind, and so do the
   * amounts that it is booked to: under one id each kind has an account of its own.
   */
  static String keyOf(Device device) {
    return keyOf(device.id(), device.kind());
  }

  private static String keyOf(String id, DeviceKind kind) {
    return kind == DeviceKind.GPU ? id : id + "\0" + kind.name();
  }

  /** By key, in the order in which they first reported. */
  Map<String, DeviceAccount> byKey() {
    return Collections.unmodifiableMap(accounts);
  }

  Collection<DeviceAccount> all() {
    return accounts.values();
  }

  @Nullable DeviceAccount find(String key) {
    return accounts.get(key);
  }

  /** The account of a device that is known. */
  DeviceAccount get(String key) {
    return requireNonNull(accounts.get(key), key);
  }

  /** All devices of a kind. */
  List<DeviceAccount> ofKind(DeviceKind kind) {
    @Nullable List<DeviceAccount>[] known = byKind;
    if (known == null) {
      known = newByKind();
      byKind = known;
    }
    List<DeviceAccount> ofKind = known[kind.code()];
    if (ofKind == null) {
      ofKind =
          accounts.values().stream().filter(account -> account.device().kind() == kind).toList();
      known[kind.code()] = ofKind;
    }
    return ofKind;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
  private static @Nullable List<DeviceAccount>[] newByKind() {
    return new List[KINDS.length];
  }

  /** An account that has no samples yet. */
  DeviceAccount newAccount() {
    return new DeviceAccount(scratch);
  }

  /** Puts an account in place of the one that the device had, if it had one. */
  void put(Device device, DeviceAccount account) {
    // nodes of one make have the same keys: one text for all
    DeviceAccount before = accounts.put(keyOf(device).intern(), account);
    if (before != null) {
      account.noteArrival(before.lastArrivalMillis());
    }
    meters.see(device);
    byKind = null;
    slots.forgetAccounts();
  }

  /** The last sample of a device, which every device has but between two steps of its first. */
  static Sample lastOf(DeviceAccount account) {
    return requireNonNull(account.last(), "a device without a reading");
  }

  /** The shares that jobs hold of a device, over all time. */
  Shares sharesOf(DeviceAccount account, Device device) {
    Shares known = account.shares();
    if (known == null) {
      known = allocations.sharesOf(device);
      account.shares(known);
    }
    return known;
  }

  /** Allocations have changed: the shares are resolved again when they are asked for. */
  void forgetShares() {
    accounts.values().forEach(account -> account.shares(null));
  }

  /** The sources that report a device. */
  Sources sourcesOf(String key) {
    Sources known = sources.get(key);
    if (known == null) {
      known = new Sources(limits);
      // nothing is kept of a device that is refused
      if (sources.size() < DeviceRoom.MAX_DEVICES) {
        sources.put(key.intern(), known);
      }
    }
    return known;
  }

  /** The devices of the last batch, in its order. */
  DeviceSlots slots() {
    return slots;
  }

  /** From here on batches have the devices of this one. */
  DeviceSlots newSlots(ReadingColumns batch) {
    slots = new DeviceSlots(this, batch);
    return slots;
  }

  // ---- devices that jobs were given by name

  /**
   * True if something was received of a device of this id that a job can hold: none holds a meter
   * of the site, so that is no evidence of a device that a job was given.
   */
  boolean isSeen(String id) {
    if (accounts.containsKey(id) || idsWithoutEnergy.contains(id)) {
      return true; // a GPU, as most that jobs name
    }
    for (DeviceKind kind : KINDS) {
      if (!kind.isSiteMeter() && accounts.containsKey(keyOf(id, kind))) {
        return true;
      }
    }
    return false;
  }

  /** A device that reported rows, though none with energy. A GPU is measured or unknown. */
  void seeWithoutEnergy(Device device) {
    if (device.kind() != DeviceKind.GPU) {
      idsWithoutEnergy = NameSets.with(idsWithoutEnergy, device.id());
    }
  }

  /**
   * Books the time of devices that jobs were given and that never reported anything as uncovered.
   *
   * @param sign 1, or -1 to undo it
   */
  void bookNeverSeen(Map<String, Allocations.Stay> stays, int sign, Increments books) {
    stays.forEach((job, stay) -> {
      if (stay.end() != null) {
        stay.devices()
            .forEach((id, held) -> {
              if (!isSeen(id)) {
                long millis = held.basisPointMillisUntil(stay.endAt()) / Shares.WHOLE;
                long window = limits.windowOf(stay.heldAt());
                books.count(window, job, JobAmount.UNCOVERED_MILLIS, sign * millis);
                books.count(window, SiteAmount.UNCOVERED_MILLIS, sign * millis);
              }
            });
      }
    });
  }

  // ---- meters of the site

  /**
   * Books the time in which meters of the site are to report.
   *
   * @param newestMillis time of the newest reading of any device
   */
  void bookMeters(long newestMillis, Increments books) {
    meters.book(accounts.values(), newestMillis, books);
  }

  /** That time is booked up to here. */
  void resumeMeters(long newestMillis) {
    meters.resume(accounts.values(), newestMillis);
  }

  // ---- devices that no longer report

  /** Adds devices of which nothing was received for so long that they are forgotten. */
  void addForgettable(long nowMillis, Collection<Device> forgettable) {
    for (DeviceAccount account : accounts.values()) {
      if (DeviceRoom.isForgotten(account.lastArrivalMillis(), nowMillis)) {
        forgettable.add(account.device());
      }
    }
  }

  /** Forgets devices; what is booked of them stays. */
  void forget(Collection<Device> devices, UnmeasuredDevices unmeasured) {
    devices.forEach(device -> accounts.remove(keyOf(device)));
    meters.devices(accounts.values());
    Predicate<String> isKnown = key -> accounts.containsKey(key) || unmeasured.isKnown(key);
    sources.keySet().removeIf(isKnown.negate());
    idsWithoutEnergy = Set.of();
    unmeasured.all().forEach(known -> seeWithoutEnergy(known.device()));
    byKind = null;
    slots = new DeviceSlots(this, new ReadingColumns());
  }

  // ---- state

  void write(StateWriter state) throws IOException {
    state.number(accounts.size());
    for (Map.Entry<String, DeviceAccount> device : accounts.entrySet()) {
      DeviceAccount account = device.getValue();
      account.write(state);
      state.writeLong(account.previousMillis());
      state.writeLong(account.lastArrivalMillis());
      sourcesOf(device.getKey()).write(state);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param receivedMillis when the last record arrived, for formats that have no time of a device
   */
  void read(StateReader in, long receivedMillis) throws IOException {
    int format = in.format();
    for (int left = in.countOrInt(); left > 0; left--) {
      DeviceAccount account = DeviceAccount.read(in, scratch);
      Device device = account.device();
      put(device, account);
      if (format > NodeFormats.WITHOUT_CONTAINERS) {
        account.previousMillis(in.readLong());
      }
      account.noteArrival(format > NodeFormats.WITHOUT_SECTIONS ? in.readLong() : receivedMillis);
      if (format > NodeFormats.WITHOUT_SOURCES) {
        sources.put(keyOf(device).intern(), Sources.read(in, limits));
      }
    }
  }
}
