// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;

/** Lets groups of consumers that nobody is in begin anew. */
final class GroupReset {
  /** What the accounting reads. */
  static final List<Topic> BOOKED = List.of(Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS);

  /** What the alerts read of what the accounting emits. */
  static final List<Topic> EMITTED =
      List.of(Topic.POWER_SNAPSHOT, Topic.SITE_WINDOW, Topic.NODE_WINDOW, Topic.JOB_WINDOW);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Members with lasting names leave with the end of their session. */
  private static final Duration LIMIT = Duration.ofMillis(3L * KafkaClients.SESSION_TIMEOUT_MILLIS);

  private final Admin admin;

  GroupReset(Admin admin) {
    this.admin = admin;
  }

  /**
   * Deletes groups with their offsets, once the sessions of their members have ended.
   *
   * @param program whose groups they are
   * @throws UserError if somebody is in one of them
   */
  void forget(String program, List<String> groups) throws Exception {
    for (String group : groups) {
      if (!await(() -> isForgotten(group))) {
        throw new UserError(
            "instances of %s are in the group %s; stop all of them, then run this again"
                .formatted(program, group));
      }
    }
  }

  private boolean isForgotten(String group) throws ExecutionException, InterruptedException {
    try {
      admin.deleteConsumerGroups(List.of(group)).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return true; // it never committed, or was deleted before
      }
      if (e.getCause() instanceof GroupNotEmptyException) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Deletes topics.
   *
   * @return how many
   */
  int deleteTopics(Predicate<String> which) throws Exception {
    Set<String> names = names(which);
    admin.deleteTopics(names).all().get();
    if (!await(() -> names(which).isEmpty())) {
      throw new UserError(
          "Kafka still has topics that were deleted: %s; run this again"
              .formatted(String.join(", ", names(which))));
    }
    return names.size();
  }

  private Set<String> names(Predicate<String> which)
      throws ExecutionException, InterruptedException {
    return admin.listTopics().names().get().stream().filter(which).collect(Collectors.toSet());
  }

  /** Commits where a group begins to read; topics that are not named begin at their beginning. */
  void begin(String group, List<Topic> topics, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    List<String> names = topics.stream().map(Topic::topicName).toList();
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (TopicDescription topic : admin.describeTopics(names).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(info -> {
            TopicPartition partition = new TopicPartition(topic.name(), info.partition());
            wanted.put(partition, spec);
            ends.put(partition, OffsetSpec.latest());
          });
    }
    Map<TopicPartition, ListOffsetsResultInfo> latest = admin.listOffsets(ends).all().get();
    Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
    admin
        .listOffsets(wanted)
        .all()
        .get()
        .forEach((partition, found) -> {
          // nothing arrived from that time on
          long offset =
              found.offset() < 0
                  ? requireNonNull(latest.get(partition), partition.toString()).offset()
                  : found.offset();
          begin.put(partition, new OffsetAndMetadata(offset));
        });
    admin.alterConsumerGroupOffsets(group, begin).all().get();
  }

  /** False if it does not come about within the limit. */
  private static boolean await(Callable<Boolean> condition) throws Exception {
    long end = NanoClock.system().nanos() + LIMIT.toNanos();
    while (!condition.call()) {
      if (NanoClock.system().nanos() - end >= 0) {
        return false;
      }
      Thread.sleep(PAUSE);
    }
    return true;
  }
}
