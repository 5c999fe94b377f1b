// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The nodes of a site. Owned by it. */
final class SiteNodes {
  /** A node that is in no record of nodes is dropped if it has not reported for longer, ms. */
  static final int FORGOTTEN_MILLIS = 3_600_000;

  private static final Comparator<NodeState> ORDER =
      Comparator.comparing((NodeState node) -> node.rack, NaturalOrder.INSTANCE)
          .thenComparing(node -> node.name, NaturalOrder.INSTANCE);
  private static final int KINDS = DeviceKind.values().length;
  private static final String RACK = "rack";

  private final LiveRoom room;
  private final Map<String, NodeState> nodes = new HashMap<>();
  private long latestMillis;
  private long arrivedMillis;

  // the order of the nodes; void if a name or rack has changed since
  private boolean isOrdered = true;
  private long version;
  private NodeState[] ordered = {};
  private List<String> names = List.of();
  private List<String> racks = List.of();

  SiteNodes(LiveRoom room) {
    this.room = room;
  }

  int size() {
    return nodes.size();
  }

  @Nullable NodeState find(String name) {
    return nodes.get(name);
  }

  Collection<NodeState> all() {
    return nodes.values();
  }

  /** Time of the latest reading of any node, ms; 0 if there is none. */
  long latestMillis() {
    return latestMillis;
  }

  /** When the latest readings arrived, ms; 0 if none did. */
  long arrivedMillis() {
    return arrivedMillis;
  }

  /** The time of the data now: that of the latest reading, and what has passed since it arrived. */
  long dataMillis(long nowMillis) {
    return latestMillis == 0 ? nowMillis : latestMillis + Math.max(0, nowMillis - arrivedMillis);
  }

  /**
   * The end of the last ten minutes: the latest reading, so that the newest window has samples
   * already; without readings for long, the time of the data now.
   */
  long windowsMillis(long nowMillis) {
    return nowMillis - arrivedMillis <= NodeState.SILENT_MILLIS
        ? latestMillis
        : dataMillis(nowMillis);
  }

  /** Takes in the latest power of nodes. */
  void accept(PowerSnapshot snapshot, long arrived) {
    for (NodePower power : snapshot.nodes()) {
      NodeState node = known(power.node());
      if (node == null) {
        continue;
      }
      // a clock that is ahead counts as that of the record
      long reading = Math.min(power.epochMillis(), snapshot.epochMillis());
      node.accept(power, reading, arrived);
      latestMillis = Math.max(latestMillis, reading);
    }
    arrivedMillis = Math.max(arrivedMillis, arrived);
  }

  /** A node that is known from now on; null if there is no room for it. */
  private @Nullable NodeState known(String name) {
    NodeState node = nodes.get(name);
    if (node == null && room.addNode()) {
      node = new NodeState(name);
      nodes.put(name, node);
      isOrdered = false;
    }
    return node;
  }

  void accept(NodeRecord record) {
    NodeState node = known(record.node());
    if (node == null) {
      return;
    }
    room.freeText(node.record);
    node.record = room.keepText(record);
    String rack = record.labels().getOrDefault(RACK, "");
    if (!node.rack.equals(rack)) {
      node.rack = rack;
      isOrdered = false;
    }
  }

  void forget(String name) {
    NodeState node = nodes.remove(name);
    if (node != null) {
      freed(node);
    }
  }

  private void freed(NodeState node) {
    room.removeNode();
    room.freeText(node.record);
    isOrdered = false;
  }

  /** Drops the nodes that are over. */
  void dropForgotten(long nowMillis) {
    nodes
        .values()
        .removeIf(node -> {
          boolean isOver = node.record == null && nowMillis - node.arrivedMillis > FORGOTTEN_MILLIS;
          if (isOver) {
            freed(node);
          }
          return isOver;
        });
  }

  void clear() {
    nodes.values().forEach(this::freed);
    nodes.clear();
  }

  /** The nodes by rack and name; each has its position. */
  NodeState[] ordered() {
    if (!isOrdered) {
      ordered = nodes.values().toArray(NodeState[]::new);
      Arrays.sort(ordered, ORDER);
      List<String> newNames = new ArrayList<>(ordered.length);
      List<String> newRacks = new ArrayList<>(ordered.length);
      for (int i = 0; i < ordered.length; i++) {
        ordered[i].position = i;
        newNames.add(ordered[i].name);
        newRacks.add(ordered[i].rack);
      }
      names = List.copyOf(newNames);
      racks = List.copyOf(newRacks);
      version++;
      isOrdered = true;
    }
    return ordered;
  }

  /** Version of the order of the nodes. */
  long version() {
    ordered();
    return version;
  }

  /** The nodes as columns. */
  NodeTable table(Set<String> alertingNodes, long nowMillis) {
    NodeState[] all = ordered();
    int size = all.length;
    long dataMillis = dataMillis(nowMillis);
    long[] milliwatts = new long[size];
    long[] highest = new long[size];
    int[] busy = new int[size];
    int[] heldIdle = new int[size];
    int[] temperature = new int[size];
    long[] reading = new long[size];
    BitSet silent = new BitSet(size);
    BitSet alerting = new BitSet(size);
    for (int i = 0; i < size; i++) {
      NodeState node = all[i];
      milliwatts[i] = node.milliwatts;
      highest[i] = node.highestMilliwatts;
      busy[i] = node.busyBasisPoints();
      heldIdle[i] = busy[i] < 0 ? -1 : (int) (node.heldIdle().gpus() / node.gpus().size());
      temperature[i] = node.hottest(dataMillis);
      reading[i] = node.readingMillis;
      silent.set(i, node.isSilent(nowMillis));
    }
    for (String name : alertingNodes) {
      NodeState node = nodes.get(name);
      if (node != null) {
        alerting.set(node.position);
      }
    }
    return new NodeTable(
        version,
        names,
        racks,
        milliwatts,
        highest,
        busy,
        heldIdle,
        temperature,
        reading,
        silent,
        alerting);
  }

  /**
   * Sums over the nodes that report.
   *
   * @param nowMillis by the clock of ages
   * @param stampMillis by how much the wall clock is ahead of that
   */
  SiteNow now(long nowMillis, long stampMillis, long differenceMillijoules) {
    long total = 0;
    long idle = 0;
    long heldIdle = 0;
    long[] byKind = new long[KINDS];
    int gpus = 0;
    long allocated = 0;
    long busy = 0;
    SpaceSum memory = new SpaceSum();
    SpaceSum storage = new SpaceSum();
    int reporting = 0;
    for (NodeState node : nodes.values()) {
      if (node.isSilent(nowMillis)) {
        continue;
      }
      reporting++;
      total += node.milliwatts;
      idle += node.idleMilliwatts;
      heldIdle += node.heldIdle().milliwatts();
      for (int kind = 0; kind < Math.min(KINDS, node.milliwattsByKind.length); kind++) {
        byKind[kind] += node.milliwattsByKind[kind];
      }
      gpus += node.gpus().size();
      for (JobPower job : node.jobs) {
        allocated += job.gpuBasisPoints();
      }
      busy += node.gpusBusyBasisPoints();
      if (node.capacity != null) {
        memory.add(node.capacity.memory());
        storage.add(node.capacity.storage());
      }
    }
    return new SiteNow(
        latestMillis,
        arrivedMillis == 0 ? 0 : arrivedMillis + stampMillis,
        total,
        byKind,
        total - idle,
        idle,
        heldIdle,
        gpus,
        allocated,
        busy,
        memory.space(),
        storage.space(),
        nodes.size(),
        reporting,
        differenceMillijoules);
  }

  /** Memory or storage, added up. */
  private static final class SpaceSum {
    private long seen;
    private long allocated;
    private long used;
    private long useKnown;

    void add(CapacityUse use) {
      seen += use.seenMebibytes();
      allocated += use.allocatedMebibytes();
      if (use.isUseKnown()) {
        used += use.usedMebibytes();
        useKnown += use.seenMebibytes();
      }
    }

    SiteNow.Space space() {
      return new SiteNow.Space(seen, allocated, used, useKnown);
    }
  }
}
