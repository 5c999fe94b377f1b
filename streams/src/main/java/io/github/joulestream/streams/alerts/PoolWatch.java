// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.capacity.Pools;
import io.github.joulestream.schemas.PoolPeaks;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Peaks of groups of a site's nodes within an hour. Nodes have places: at the start of an hour in
 * the order of their label {@code rack} and their names, so that a group is of neighbours; a node
 * that is new within the hour has the next place after all others, so that no peak loses its
 * meaning. One thread.
 *
 * <pre>
 *   POOL_ORDER   hour, chunk of places: names of the nodes; written when nodes are added
 *   POOL_PEAKS   resource, chunk of places: hour, peaks; written each minute if it has changed
 * </pre>
 */
final class PoolWatch {
  private static final List<DeviceKind> RESOURCES = List.of(DeviceKind.MEMORY, DeviceKind.STORAGE);
  private static final String RACK = "rack";
  // some 20 bytes each
  private static final int MAX_GROUPS_OF_RECORD = 5_000;
  private static final long NEVER = Long.MIN_VALUE;

  private final String site;
  private final AlertStateStore store;
  private final AlertEmitter emitter;
  private final Pools memory = new Pools();
  private final Pools storage = new Pools();
  private final Map<String, Integer> placeByName = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private long hourMillis = NEVER;
  // places whose names are stored
  private int storedNames;

  PoolWatch(String site, AlertStateStore store, AlertEmitter emitter) {
    this.site = site;
    this.store = store;
    this.emitter = emitter;
  }

  private Pools of(DeviceKind resource) {
    return resource == DeviceKind.MEMORY ? memory : storage;
  }

  /** Begins a time; with the first of an hour all nodes have new places. */
  void begin(long epochMillis, Collection<AlertedNode> nodes) {
    long hour = Math.floorDiv(epochMillis, Windows.HOUR_MILLIS) * Windows.HOUR_MILLIS;
    if (hour != hourMillis) {
      emit();
      deleteChunks();
      hourMillis = hour;
      memory.clear();
      storage.clear();
      names.clear();
      placeByName.clear();
      storedNames = 0;
      nodes.stream()
          .filter(node -> node.capacity != null)
          .sorted(
              Comparator.comparing((AlertedNode node) -> node.labels.getOrDefault(RACK, ""))
                  .thenComparing(node -> node.name))
          .forEach(node -> placeOf(node.name));
    }
    memory.begin();
    storage.begin();
  }

  private int placeOf(String name) {
    Integer place = placeByName.get(name);
    if (place == null) {
      place = names.size();
      placeByName.put(name, place);
      names.add(name);
    }
    return place;
  }

  /** Adds a node at this time. */
  void add(AlertedNode node, NodeCapacity capacity) {
    if (node.poolHourMillis != hourMillis) {
      node.poolPlace = placeOf(node.name);
      node.poolHourMillis = hourMillis;
    }
    memory.add(node.poolPlace, capacity.memory());
    storage.add(node.poolPlace, capacity.storage());
  }

  /** Ends a time. */
  void end() {
    memory.end();
    storage.end();
  }

  /** Emits and stores what has changed. */
  void emit() {
    RESOURCES.forEach(this::emit);
    storeNames();
  }

  private void emit(DeviceKind resource) {
    Pools pools = of(resource);
    Batch batch = new Batch(resource);
    pools.takeChanged(batch);
    batch.emit();
    for (int chunk = 0; chunk < pools.chunks(); chunk++) {
      if (pools.takeChanged(chunk)) {
        int each = chunk;
        store.put(
            StateSection.POOL_PEAKS,
            nameOf(resource, chunk),
            StateEntry.content(out -> {
              out.writeLong(hourMillis);
              pools.write(each, out);
            }));
      }
    }
  }

  private static String nameOf(DeviceKind resource, int chunk) {
    return resource.name() + "/" + nameOf(chunk);
  }

  /** Names sort in the order of the chunks. */
  private static String nameOf(int chunk) {
    return HexFormat.of().toHexDigits(chunk);
  }

  private void storeNames() {
    int first = storedNames / Pools.CHUNK;
    for (int chunk = first; storedNames < names.size(); chunk++) {
      int from = chunk * Pools.CHUNK;
      int to = Math.min(names.size(), from + Pools.CHUNK);
      store.put(
          StateSection.POOL_ORDER,
          nameOf(chunk),
          StateEntry.content(out -> {
            out.writeLong(hourMillis);
            out.writeInt(to - from);
            for (String name : names.subList(from, to)) {
              out.writeUTF(name);
            }
          }));
      storedNames = to;
    }
  }

  private void deleteChunks() {
    for (int chunk = 0; chunk * Pools.CHUNK < names.size(); chunk++) {
      store.delete(StateSection.POOL_ORDER, nameOf(chunk));
    }
    for (DeviceKind resource : RESOURCES) {
      for (int chunk = 0; chunk < of(resource).chunks(); chunk++) {
        store.delete(StateSection.POOL_PEAKS, nameOf(resource, chunk));
      }
    }
  }

  /** Restores an entry; entries come in the order of their names. */
  void restore(StateEntry entry) throws IOException {
    DataInputStream in = entry.fields();
    hourMillis = in.readLong();
    if (entry.section() == StateSection.POOL_ORDER) {
      for (int left = in.readInt(); left > 0; left--) {
        placeOf(in.readUTF());
      }
      storedNames = names.size();
      return;
    }
    for (DeviceKind resource : RESOURCES) {
      String prefix = resource.name() + "/";
      if (entry.name().startsWith(prefix)) {
        of(resource)
            .read(
                HexFormat.fromHexDigits(entry.name(), prefix.length(), entry.name().length()), in);
        return;
      }
    }
    throw new IOException("no peaks of pools: " + entry.name());
  }

  /** Groups of one size after another, in records of so many. */
  private final class Batch implements Pools.Taker {
    private final DeviceKind resource;
    private final List<PoolPeaks.Group> groups = new ArrayList<>();
    private int size;

    Batch(DeviceKind resource) {
      this.resource = resource;
    }

    @Override
    public void take(int newSize, int group, long peakMebibytes, long seenMebibytes) {
      if (newSize != size || groups.size() == MAX_GROUPS_OF_RECORD) {
        emit();
      }
      size = newSize;
      groups.add(new PoolPeaks.Group(group, peakMebibytes, seenMebibytes));
    }

    void emit() {
      if (!groups.isEmpty()) {
        emitter.emit(new PoolPeaks(site, hourMillis, resource, size, groups));
        groups.clear();
      }
    }
  }
}
