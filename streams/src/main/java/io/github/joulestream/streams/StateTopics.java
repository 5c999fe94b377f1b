// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DurabilityCheck;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicWatch;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.kafka.TopicMark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that the state of an instance was made with, as a file in its state folder: a line for
 * each, with its id and number of partitions. Kafka Streams continues with other topics of the same
 * names, makes a changelog that is gone anew, and restores nothing from it.
 */
public final class StateTopics {
  private static final Logger log = LoggerFactory.getLogger(StateTopics.class);
  private static final String FILE = "topics";

  // members that ended leave when their session is over
  private static final Duration MEMBERS_LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Set<String> WRITTEN =
      names(
          Topic.JOB_QUARTER_HOUR,
          Topic.JOB_SUMMARY,
          Topic.LEDGER,
          Topic.DEVICE_WINDOW,
          Topic.PLACEMENT,
          Topic.CAPACITY,
          Topic.POOL_PEAK,
          Topic.CAP_ADVICE,
          Topic.DEAD_LETTER);

  private static final Set<String> RESULTS_READ =
      names(Topic.JOB_WINDOW, Topic.NODE_WINDOW, Topic.SITE_WINDOW, Topic.POWER_SNAPSHOT);

  private final Path file;
  private volatile Map<String, TopicMark> kept;

  /**
   * Reads the file, if there is one.
   *
   * @param folder of the instance's state
   * @throws UserError if it cannot be read
   */
  public StateTopics(Path folder) {
    file = folder.resolve(FILE);
    try {
      kept = Files.exists(file) ? read(Files.readAllLines(file)) : Map.of();
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "cannot read %s: %s; %s".formatted(file, e.getMessage(), TopicWatch.PAGE), e);
    }
  }

  private static Set<String> names(Topic... topics) {
    return Stream.of(topics).map(Topic::topicName).collect(Collectors.toUnmodifiableSet());
  }

  private static Map<String, TopicMark> read(List<String> lines) {
    Map<String, TopicMark> marks = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("'%s' is not NAME ID PARTITIONS".formatted(line));
      }
      marks.put(parts[0], new TopicMark(Uuid.fromString(parts[1]), Integer.parseInt(parts[2])));
    }
    return marks;
  }

  /** All topics of the topologies, internal ones included. */
  private static Collection<String> all(Admin admin)
      throws ExecutionException, InterruptedException {
    Set<String> all = new TreeSet<>(WRITTEN);
    all.addAll(RESULTS_READ);
    StreamsApplication.inputs().forEach(topic -> all.add(topic.topicName()));
    admin.listTopics().names().get().stream().filter(DurabilityCheck::isInternal).forEach(all::add);
    return all;
  }

  /** Watches them, and keeps those that come. */
  public TopicWatch watch(KafkaClients kafka) {
    return new TopicWatch(kafka, "streams", StateTopics::all, WRITTEN, this::keep);
  }

  /**
   * Compares what there is with the file, before anything is processed. An input that was made
   * again is read from its first record: what of it was booked already is recognised as a repeat.
   *
   * @param instance the lasting name of the instance; null if it has none
   * @throws UserError if state does not fit to the topics
   */
  public void check(Admin admin, @Nullable String instance)
      throws ExecutionException, InterruptedException {
    Map<String, TopicMark> now = TopicMark.of(admin, all(admin));
    Set<String> again = new TreeSet<>();
    for (Map.Entry<String, TopicMark> one : kept.entrySet()) {
      String name = one.getKey();
      TopicMark before = one.getValue();
      TopicMark found = now.get(name);
      if (found != null && found.equals(before)) {
        continue;
      }
      if (DurabilityCheck.isInternal(name) && (found == null || !found.id().equals(before.id()))) {
        throw new UserError(
            "topic %s was deleted: the state that it held is not whole, and is to be reset; %s"
                .formatted(name, TopicWatch.PAGE));
      }
      if (found != null && found.partitions() != before.partitions()) {
        throw new UserError(
            "topic %s has %d partitions and state was made with %d: its keys are in other partitions than their state; %s"
                .formatted(name, found.partitions(), before.partitions(), TopicWatch.PAGE));
      }
      if (found != null) {
        again.add(name);
      }
    }
    checkEqual(now);
    if (!again.isEmpty()) {
      log.warn(
          "Topics were deleted and made again: {}; each is read from its first record; what the old one held and was not read is lost; {}",
          String.join(", ", again),
          TopicWatch.PAGE);
      for (String group : List.of(StreamsConfigs.ACCOUNTING_ID, StreamsConfigs.ALERTS_ID)) {
        if (instance != null) {
          leave(admin, group, instance);
        }
        beginAgain(admin, group, again);
      }
    }
    keep(now);
  }

  /** Records of a node or job that come in several topics, and their state, meet in one task. */
  private static void checkEqual(Map<String, TopicMark> marks) {
    TopicMark telemetry = marks.get(Topic.TELEMETRY.topicName());
    marks.forEach((name, mark) -> {
      if (telemetry != null
          && isByKey(name)
          && !WRITTEN.contains(name)
          && mark.partitions() != telemetry.partitions()) {
        throw new UserError(
            "topic telemetry has %d partitions and topic %s has %d: records of a node or job would not meet; %s"
                .formatted(telemetry.partitions(), name, mark.partitions(), TopicWatch.PAGE));
      }
    });
  }

  private static boolean isByKey(String name) {
    return DurabilityCheck.isInternal(name)
        || Stream.of(Topic.values())
            .anyMatch(
                topic -> topic.topicName().equals(name) && topic.spread() == Topic.Spread.BY_KEY);
  }

  /**
   * Under its name an instance is given what it had been assigned before, without a rebalance: here
   * perhaps only that a topic is missing, at which Kafka Streams would end once more.
   */
  private static void leave(Admin admin, String group, String instance)
      throws ExecutionException, InterruptedException {
    Pattern ofInstance = Pattern.compile(Pattern.quote(instance) + "-\\d+");
    try {
      List<MemberToRemove> own =
          requireNonNull(
                  admin.describeConsumerGroups(List.of(group)).describedGroups().get(group), group)
              .get()
              .members()
              .stream()
              .flatMap(member -> member.groupInstanceId().stream())
              .filter(id -> ofInstance.matcher(id).matches())
              .map(MemberToRemove::new)
              .toList();
      if (!own.isEmpty()) {
        admin
            .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(own))
            .all()
            .get();
      }
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause(), "cause");
      if (!(cause instanceof GroupIdNotFoundException)
          && !(cause instanceof UnknownMemberIdException)) {
        throw e;
      }
      log.debug("{} has no members of {} any more", group, instance, e);
    }
  }

  /** Offsets that were committed are of topics that are gone. */
  private static void beginAgain(Admin admin, String group, Set<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> {
          if (offset != null && topics.contains(partition.topic())) {
            asked.put(partition, OffsetSpec.earliest());
          }
        });
    if (asked.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
    admin
        .listOffsets(asked)
        .all()
        .get()
        .forEach((partition, found) -> first.put(partition, new OffsetAndMetadata(found.offset())));
    long end = NanoClock.system().nanos() + MEMBERS_LIMIT.toNanos();
    while (!isCommitted(admin, group, first)) {
      if (NanoClock.system().nanos() - end >= 0) {
        // whoever began before the topics were made again has ended: these are of later members
        log.info("{} is at work in other instances: its offsets are theirs", group);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis()); // a group has nothing that can be awaited
    }
  }

  private static boolean isCommitted(
      Admin admin, String group, Map<TopicPartition, OffsetAndMetadata> offsets)
      throws ExecutionException, InterruptedException {
    try {
      admin.alterConsumerGroupOffsets(group, offsets).all().get();
      return true;
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause(), "cause");
      if (cause instanceof UnknownMemberIdException || cause instanceof GroupNotEmptyException) {
        return false;
      }
      throw e;
    }
  }

  private void keep(Map<String, TopicMark> marks) {
    Map<String, TopicMark> all = new TreeMap<>(kept);
    all.putAll(marks);
    if (all.equals(kept)) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    all.forEach((name, mark) ->
        lines
            .append(name)
            .append(' ')
            .append(mark.id())
            .append(' ')
            .append(mark.partitions())
            .append('\n'));
    try {
      PrivateFiles.folder(requireNonNull(file.getParent(), "folder"));
      PrivateFiles.replace(file, lines.toString());
    } catch (FileAlreadyExistsException e) {
      throw new UserError("%s; give --state another".formatted(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    kept = all;
  }
}
