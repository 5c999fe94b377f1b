// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.joulestream.schemas.kafka.Durability;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class DurabilityCheckTest {
  private static final Durability THREE = Durability.of(3);

  /** A topic with a partition for each of these numbers of copies. */
  private static TopicDescription topic(String name, int... copies) {
    List<TopicPartitionInfo> partitions =
        IntStream.range(0, copies.length)
            .mapToObj(i -> {
              List<Node> nodes = brokers(copies[i]);
              return new TopicPartitionInfo(i, nodes.getFirst(), nodes, nodes);
            })
            .toList();
    return new TopicDescription(name, false, partitions);
  }

  /** So many, from broker 1 on. */
  private static List<Node> brokers(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(node -> new Node(node, "broker-" + node, 9092))
        .toList();
  }

  private static Config config(int minInsyncReplicas) {
    return new Config(
        List.of(
            new ConfigEntry("cleanup.policy", "delete"),
            new ConfigEntry("min.insync.replicas", Integer.toString(minInsyncReplicas))));
  }

  @Test
  void whatIsLowerThanWanted_isALineForEachTopic_byName() {
    String changelog = "joulestream-accounts-changelog";
    assertThat(
            DurabilityCheck.lower(
                Map.of(
                    "telemetry",
                    topic("telemetry", 3, 3),
                    "jobs",
                    topic("jobs", 3, 1),
                    "nodes",
                    topic("nodes", 3),
                    changelog,
                    topic(changelog, 1),
                    "ledger",
                    topic("ledger", 5)),
                Map.of(
                    "telemetry",
                    config(2),
                    "jobs",
                    config(2),
                    "nodes",
                    config(1),
                    changelog,
                    config(1)),
                THREE))
        .containsExactly(
            "jobs: replication is 1, wanted 3",
            changelog + ": replication is 1, wanted 3; min.insync.replicas is 1, wanted 2",
            "ledger: min.insync.replicas cannot be read: this user lacks DescribeConfigs on it",
            "nodes: min.insync.replicas is 1, wanted 2");
  }

  @Test
  void copiesThatAreNotInSync_areALineForEachBroker() {
    List<Node> nodes = brokers(3);
    List<Node> two = nodes.subList(0, 2);
    List<TopicPartitionInfo> partitions =
        List.of(
            new TopicPartitionInfo(0, nodes.getFirst(), nodes, nodes),
            new TopicPartitionInfo(1, nodes.getFirst(), nodes, two),
            new TopicPartitionInfo(2, null, two, nodes.subList(1, 2)));
    TopicDescription topic = new TopicDescription("jobs", false, partitions);
    assertThat(DurabilityCheck.missingCopies(List.of(topic)))
        .containsExactly(
            "broker 1: 1 of its 3 copies of partitions are not in sync",
            "broker 3: 1 of its 2 copies of partitions are not in sync");
    assertThat(DurabilityCheck.missingCopies(List.of(topic("jobs", 3, 3)))).isEmpty();
  }

  @Test
  void internalTopics_areConcerned_andOthersTopicsAreNot() {
    assertThat(
            DurabilityCheck.concerned(
                Set.of(
                    "telemetry",
                    "others",
                    "joulestream-accounts-changelog",
                    "joulestream-alerts-events-by-site-repartition",
                    "joulestream-of-others",
                    "others-changelog",
                    "__transaction_state",
                    "__consumer_offsets",
                    "__cluster_metadata")))
        .containsExactly(
            "__consumer_offsets",
            "__transaction_state",
            "joulestream-accounts-changelog",
            "joulestream-alerts-events-by-site-repartition",
            "telemetry");
    assertThat(DurabilityCheck.changeable(Set.of("telemetry", "__transaction_state")))
        .containsExactly("telemetry");
  }

  @Test
  void minInsyncReplicas_isRaisedOnlyWhereOneCopyMayStillBeAway() {
    assertThat(DurabilityCheck.mended(topic("jobs", 3), config(1), THREE))
        .isEqualTo(Map.of("min.insync.replicas", "2"));
    assertThat(DurabilityCheck.mended(topic("jobs", 2), config(1), THREE)).isEmpty();
    assertThat(DurabilityCheck.mended(topic("jobs", 3, 1), config(1), THREE)).isEmpty();
    assertThat(DurabilityCheck.mended(topic("jobs", 3), config(2), THREE)).isEmpty();
    assertThat(DurabilityCheck.mended(topic("jobs", 3), config(1), Durability.CLUSTER_DEFAULT))
        .isEmpty();
  }

  @Test
  void threeBrokers_keepThreeCopies_andFewerWhatTheClusterSays() {
    assertThat(Durability.usual(1)).isEqualTo(Durability.CLUSTER_DEFAULT);
    assertThat(Durability.usual(2)).isEqualTo(Durability.CLUSTER_DEFAULT);
    assertThat(Durability.usual(3)).isEqualTo(new Durability(3, 2));
    assertThat(Durability.usual(7)).isEqualTo(new Durability(3, 2));
    assertThat(Durability.of(1)).isEqualTo(new Durability(1, 1));
    assertThat(Durability.of(-1)).isEqualTo(Durability.CLUSTER_DEFAULT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durability.of(0))
        .withMessageStartingWith("replication of 0: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Durability(3, 4))
        .withMessageStartingWith("min-insync-replicas of 4: ");
    assertThatIllegalArgumentException().isThrownBy(() -> new Durability(-1, 0));
  }
}
