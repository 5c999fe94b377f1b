// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored power of a site's nodes. A snapshot of many nodes is written once, as it came, and
 * deleted when each of its nodes has a later one. One thread.
 *
 * <pre>
 *   snapshot 7: n1 n2 n3     n3 falls silent     snapshot 9: n1 n2
 *   snapshot 8: n3           (alone)             snapshot 7: deleted
 * </pre>
 */
final class NodePowerLog {
  private final String site;
  private final AlertStateStore store;
  private final List<PowerRecord> superseded = new ArrayList<>();
  private long nextNumber;

  NodePowerLog(String site, AlertStateStore store) {
    this.site = site;
    this.store = store;
  }

  /** Time of a node's latest reading; a clock that is ahead of the snapshot's counts as that. */
  static long seenMillis(NodePower node, PowerSnapshot snapshot) {
    return Math.min(node.epochMillis(), snapshot.epochMillis());
  }

  /** A record for a snapshot, to be assigned to its nodes and then written. */
  PowerRecord newRecord(PowerSnapshot snapshot) {
    return new PowerRecord(nextNumber, snapshot.nodes().size());
  }

  /** The record holds the latest power of this node. */
  void assign(PowerRecord record, AlertedNode node) {
    replace(record, node);
    if (node.floorMilliwatts != node.storedFloorMilliwatts) {
      node.storedFloorMilliwatts = node.floorMilliwatts;
      store.put(StateSection.FLOOR, node.name, StateEntry.content(node.floorMilliwatts));
    }
  }

  /**
   * Writes a record that holds the latest power of any node; deletes those that no longer do.
   *
   * @param snapshot on the wire, as it came
   */
  void write(PowerRecord record, byte[] snapshot) {
    if (record.latestOf > 0) {
      nextNumber++;
      store.put(StateSection.POWER, record.name(), snapshot);
    }
    deleteSuperseded();
  }

  /** Writes a silent node's power to a record of its own, so that no snapshot is kept for it. */
  void writeAlone(AlertedNode node) {
    if (node.record != null && node.record.nodesInSnapshot == 1) {
      return;
    }
    PowerSnapshot snapshot = new PowerSnapshot(site, 0, node.seenMillis, List.of(node.power));
    PowerRecord alone = newRecord(snapshot);
    replace(alone, node);
    write(
        alone,
        WireSerdes.powerSnapshot()
            .serializer()
            .serialize(Topic.POWER_SNAPSHOT.topicName(), snapshot));
  }

  /** Deletes what is stored of a node. */
  void remove(AlertedNode node) {
    replace(null, node);
    deleteSuperseded();
    store.delete(StateSection.FLOOR, node.name);
  }

  private void replace(@Nullable PowerRecord record, AlertedNode node) {
    if (record != null) {
      record.latestOf++;
    }
    PowerRecord before = node.record;
    node.record = record;
    if (before != null && --before.latestOf == 0) {
      superseded.add(before);
    }
  }

  /** Deletes records that hold no node's latest power. */
  void deleteSuperseded() {
    for (PowerRecord record : superseded) {
      store.delete(StateSection.POWER, record.name());
    }
    superseded.clear();
  }

  /** Restores a record and the power of the nodes whose latest it is. */
  void restoreRecord(StateEntry entry, SitePower power) {
    PowerSnapshot snapshot =
        WireSerdes.powerSnapshot()
            .deserializer()
            .deserialize(Topic.POWER_SNAPSHOT.topicName(), entry.content());
    PowerRecord record =
        new PowerRecord(HexFormat.fromHexDigitsToLong(entry.name()), snapshot.nodes().size());
    nextNumber = record.number + 1;
    for (NodePower one : snapshot.nodes()) {
      AlertedNode node = power.update(one, seenMillis(one, snapshot));
      if (node != null) {
        replace(record, node);
      }
    }
    if (record.latestOf == 0) {
      superseded.add(record);
    }
  }

  /** Restores the lowest power of a node. */
  void restoreFloor(StateEntry entry, SitePower power) throws IOException {
    AlertedNode node = power.node(entry.name());
    if (node != null) {
      node.floorMilliwatts = entry.fields().readLong();
      node.storedFloorMilliwatts = node.floorMilliwatts;
    }
  }
}
