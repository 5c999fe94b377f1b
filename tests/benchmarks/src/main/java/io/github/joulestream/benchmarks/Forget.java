// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.schemas.Topic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Removes groups, internal topics and results of whoever was here, and leaves the input. */
final class Forget {
  private static final Set<String> INPUT = Set.of("telemetry", "allocations", "jobs");

  private Forget() {}

  public static void main(String[] args) throws Exception {
    Set<String> ours = new HashSet<>();
    Set<String> kept = new HashSet<>(INPUT);
    for (Topic topic : Topic.values()) {
      ours.add(topic.topicName());
      // of these the broker lets nobody delete records
      if (topic.compacted()) {
        kept.add(topic.topicName());
      }
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
      List<String> groups =
          admin.listGroups().all().get().stream().map(group -> group.groupId()).toList();
      for (var group : admin.describeConsumerGroups(groups).all().get().entrySet()) {
        if (group.getValue().members().isEmpty()) {
          continue;
        }
        // streams stay members for a while after they are closed
        admin
            .removeMembersFromConsumerGroup(
                group.getKey(), new RemoveMembersFromConsumerGroupOptions())
            .all()
            .get();
      }
      admin.deleteConsumerGroups(groups).all().get();
      Set<String> names = admin.listTopics().names().get();
      admin.deleteTopics(names.stream().filter(name -> !ours.contains(name)).toList()).all().get();
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (TopicDescription topic :
          admin
              .describeTopics(names.stream().filter(ours::contains).toList())
              .allTopicNames()
              .get()
              .values()) {
        if (!kept.contains(topic.name())) {
          topic
              .partitions()
              .forEach(info ->
                  ends.put(
                      new TopicPartition(topic.name(), info.partition()), OffsetSpec.latest()));
        }
      }
      Map<TopicPartition, RecordsToDelete> delete = new HashMap<>();
      admin
          .listOffsets(ends)
          .all()
          .get()
          .forEach((partition, end) ->
              delete.put(partition, RecordsToDelete.beforeOffset(end.offset())));
      admin.deleteRecords(delete).all().get();
    }
    System.out.println("RESULT {}");
  }
}
