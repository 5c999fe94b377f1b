// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.START;
import static io.github.joulestream.streams.alerts.Events.node;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.schemas.PowerSnapshot;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodePowerLogTest {
  private final Memory memory = new Memory(Events.SITE);
  private final SitePower power = new SitePower();
  private final NodePowerLog log = new NodePowerLog(Events.SITE, memory);

  private void take(NodePowerLog to, SitePower nodes, NodePower... snapshotNodes) {
    PowerSnapshot snapshot = Events.snapshot(START + 60_000, snapshotNodes);
    PowerRecord record = to.newRecord(snapshot);
    for (NodePower one : snapshot.nodes()) {
      AlertedNode node = nodes.update(one, NodePowerLog.seenMillis(one, snapshot));
      if (node != null) {
        to.assign(record, node);
      }
    }
    to.write(record, Events.wire(snapshot));
  }

  private void take(NodePower... nodes) {
    take(log, power, nodes);
  }

  /** The nodes of each stored snapshot. */
  private List<List<String>> stored() {
    return memory.powers().stream()
        .map(snapshot -> snapshot.nodes().stream().map(NodePower::node).toList())
        .toList();
  }

  private AlertedNode known(String name) {
    return requireNonNull(power.node(name), name);
  }

  @Test
  void aSnapshot_isStoredOnce_andDeletedWhenAllItsNodesHaveALaterOne() {
    take(node("n1", START, 5), node("n2", START, 5), node("n3", START, 5));
    assertThat(stored()).containsExactly(List.of("n1", "n2", "n3"));
    take(node("n1", START + 1, 5), node("n2", START + 1, 5));
    assertThat(stored()).containsExactly(List.of("n1", "n2", "n3"), List.of("n1", "n2"));
    take(node("n3", START + 2, 5));
    assertThat(stored()).containsExactly(List.of("n1", "n2"), List.of("n3"));
  }

  @Test
  void aSnapshotThatIsTheLatestOfNoNode_isNotStored() {
    take(node("n1", START + 1, 5));
    take(node("n1", START, 9));
    assertThat(memory.powers())
        .singleElement()
        .satisfies(
            snapshot -> assertThat(snapshot.nodes()).containsExactly(node("n1", START + 1, 5)));
  }

  @Test
  void aNodeAlone_doesNotKeepTheSnapshotOfTheOthers() {
    take(node("n1", START, 5), node("n2", START, 5));
    log.writeAlone(known("n2"));
    assertThat(stored()).containsExactly(List.of("n1", "n2"), List.of("n2"));
    take(node("n1", START + 1, 5));
    assertThat(stored()).containsExactly(List.of("n2"), List.of("n1"));
    // it is alone: nothing to write
    int before = memory.puts;
    log.writeAlone(known("n2"));
    assertThat(memory.puts).isEqualTo(before);
  }

  @Test
  void theLowestPower_isStoredWhenItFalls_andDeletedWithTheNode() throws IOException {
    take(node("n1", START, 500), node("n2", START, 500));
    take(node("n1", START + 1, 300), node("n2", START + 1, 900));
    int before = memory.puts;
    take(node("n1", START + 2, 400), node("n2", START + 2, 500));
    assertThat(memory.puts).isEqualTo(before + 1); // the snapshot alone
    assertThat(memory.entries(StateSection.FLOOR))
        .extracting(StateEntry::name)
        .containsExactly("n1", "n2");
    assertThat(memory.entries(StateSection.FLOOR).getFirst().fields().readLong()).isEqualTo(300);
    AlertedNode node = known("n1");
    power.remove(node);
    log.remove(node);
    assertThat(Events.names(memory, StateSection.FLOOR)).containsExactly("n2");
    assertThat(stored()).containsExactly(List.of("n1", "n2"));
  }

  @Test
  void restored_itNumbersOn_andDeletesWhatIsSuperseded() throws IOException {
    take(node("n1", START, 500), node("n2", START, 500));
    take(node("n1", START + 1, 300));
    SitePower otherPower = new SitePower();
    NodePowerLog other = new NodePowerLog(Events.SITE, memory);
    for (StateEntry entry : memory.entries(StateSection.POWER)) {
      other.restoreRecord(entry, otherPower);
    }
    for (StateEntry entry : memory.entries(StateSection.FLOOR)) {
      other.restoreFloor(entry, otherPower);
    }
    other.deleteSuperseded();
    AlertedNode node = requireNonNull(otherPower.node("n1"));
    assertThat(node.power.totalMilliwatts()).isEqualTo(300);
    assertThat(node.floorMilliwatts).isEqualTo(300);
    assertThat(requireNonNull(otherPower.node("n2")).floorMilliwatts).isEqualTo(500);
    assertThat(stored()).hasSize(2);
    take(other, otherPower, node("n1", START + 2, 700), node("n2", START + 2, 700));
    assertThat(Events.names(memory, StateSection.POWER)).containsExactly("0000000000000002");
  }

  @Test
  void aClockThatIsAhead_countsAsTheTimeOfTheSnapshot() {
    PowerSnapshot snapshot = Events.snapshot(START, node("n1", START + 5, 1));
    assertThat(NodePowerLog.seenMillis(snapshot.nodes().getFirst(), snapshot)).isEqualTo(START);
  }
}
