// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.TopicMark;
import io.github.joulestream.schemas.kafka.TopicOffsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics of the catalogue and compares them with what a cluster has. */
public final class TopicAdmin {
  private static final Logger log = LoggerFactory.getLogger(TopicAdmin.class);

  /** Names of topics before 0.1.0, and what each is called now. */
  private static final Map<String, Topic> FORMER =
      Map.of(
          "job-energy", Topic.JOB_WINDOW,
          "site-power", Topic.SITE_WINDOW,
          "node-power", Topic.NODE_WINDOW,
          "power-now", Topic.POWER_SNAPSHOT,
          "power-caps", Topic.CAP_ADVICE);

  // as long as a client asks for anything by default
  private static final Duration LEADERS_LIMIT = Duration.ofMinutes(1);

  private final Admin admin;

  public TopicAdmin(Admin admin) {
    this.admin = admin;
  }

  /**
   * Creates what is missing, with the default limit of dead letters; leaves alone what exists.
   *
   * @param partitions of every topic that is spread by key
   * @param replication copies of each
   * @return names of those created
   */
  public Set<String> create(int partitions, short replication)
      throws ExecutionException, InterruptedException {
    return create(partitions, Durability.of(replication), Topic.DEAD_LETTER_BYTES);
  }

  /**
   * Creates what is missing; leaves alone what exists. Returns when each new partition has a leader
   * that takes records.
   *
   * @param partitions of every topic that is spread by key
   * @param durability of each
   * @param deadLetterBytes after which the oldest dead letters are deleted
   * @return names of those created
   */
  public Set<String> create(int partitions, Durability durability, long deadLetterBytes)
      throws ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    former(existing).ifPresent(log::warn);
    Set<String> created = new TreeSet<>();
    List<NewTopic> missing = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      if (!existing.contains(topic.topicName())) {
        int count = topic.spread() == Topic.Spread.BY_KEY ? partitions : 1;
        missing.add(
            new NewTopic(
                    topic.topicName(),
                    Optional.of(count),
                    durability.replication() == Durability.OF_THE_CLUSTER
                        ? Optional.empty()
                        : Optional.of((short) durability.replication()))
                .configs(config(topic, durability, deadLetterBytes)));
      }
    }
    for (var result : admin.createTopics(missing).values().entrySet()) {
      try {
        result.getValue().get();
        created.add(result.getKey());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
        // created by another client in the meantime
      }
    }
    awaitLeaders(missing.stream().filter(topic -> created.contains(topic.name())).toList());
    return created;
  }

  private void awaitLeaders(List<NewTopic> topics) throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        partitions.add(new TopicPartition(topic.name(), partition));
      }
    }
    new TopicOffsets(admin).awaitLeaders(partitions, LEADERS_LIMIT);
  }

  /**
   * How many partitions the topics have that are spread by key: one that was deleted and is made
   * again must have as many as the others. Of telemetry, or of the first that there is.
   */
  public OptionalInt partitions() throws ExecutionException, InterruptedException {
    Map<String, TopicMark> there =
        TopicMark.of(
            admin,
            Arrays.stream(Topic.values())
                .filter(topic -> topic.spread() == Topic.Spread.BY_KEY)
                .map(Topic::topicName)
                .toList());
    return Arrays.stream(Topic.values())
        .map(topic -> there.get(topic.topicName()))
        .filter(Objects::nonNull)
        .mapToInt(TopicMark::partitions)
        .findFirst();
  }

  private static Map<String, String> config(
      Topic topic, Durability durability, long deadLetterBytes) {
    Map<String, String> config = new TreeMap<>(topic.config());
    config.computeIfPresent(Topic.RETENTION_BYTES, (_, _) -> Long.toString(deadLetterBytes));
    if (durability.minInsyncReplicas() != Durability.OF_THE_CLUSTER) {
      config.put(
          TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
          Integer.toString(durability.minInsyncReplicas()));
    }
    return config;
  }

  /**
   * Changes the configuration of topics that exist, where it differs from the catalogue's, where
   * {@code min.insync.replicas} is lower than wanted and there are more copies than that, and where
   * dead letters have another limit. Partitions and copies stay as they are.
   *
   * @return a line for each topic that was changed
   */
  public List<String> alter(Durability durability, long deadLetterBytes)
      throws ExecutionException, InterruptedException {
    Set<String> names = DurabilityCheck.changeable(admin.listTopics().names().get());
    Map<String, TopicDescription> topics = admin.describeTopics(names).allTopicNames().get();
    Map<ConfigResource, Config> configs =
        admin.describeConfigs(names.stream().map(TopicAdmin::resource).toList()).all().get();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      Config config = requireNonNull(configs.get(resource(name)), name);
      Map<String, String> wanted =
          new TreeMap<>(
              DurabilityCheck.mended(requireNonNull(topics.get(name), name), config, durability));
      Topic topic = byName(name);
      if (topic != null) {
        wanted.putAll(config(topic, Durability.CLUSTER_DEFAULT, deadLetterBytes));
      }
      wanted.entrySet().removeIf(one -> one.getValue().equals(actual(config, one.getKey())));
      if (!wanted.isEmpty()) {
        changes.put(
            resource(name),
            wanted.entrySet().stream()
                .map(one ->
                    new AlterConfigOp(
                        new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET))
                .toList());
        lines.add("%s: %s".formatted(name, wanted));
      }
    }
    admin.incrementalAlterConfigs(changes).all().get();
    return lines;
  }

  private static @Nullable Topic byName(String name) {
    return Arrays.stream(Topic.values())
        .filter(topic -> topic.topicName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static String actual(Config config, String key) {
    ConfigEntry entry = config.get(key);
    return entry == null || entry.value() == null ? "unset" : entry.value();
  }

  /**
   * A line about topics with names of before 0.1.0. They do no harm, so programs continue.
   *
   * @param existing names of the topics of a cluster
   * @return empty if there are none
   */
  public static Optional<String> former(Set<String> existing) {
    String found =
        FORMER.keySet().stream()
            .filter(existing::contains)
            .sorted()
            .map(
                name -> "%s (now %s)".formatted(name, requireNonNull(FORMER.get(name)).topicName()))
            .collect(Collectors.joining(", "));
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Topics of before 0.1.0 are not read: %s; delete them if nothing else reads them"
                .formatted(found));
  }

  /** One line for each difference between the catalogue and the cluster; none if all is well. */
  public List<String> check() throws ExecutionException, InterruptedException {
    List<String> differences = new ArrayList<>();
    Set<String> existing = admin.listTopics().names().get();
    List<Topic> present = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      if (existing.contains(topic.topicName())) {
        present.add(topic);
      } else {
        differences.add("%s: is missing".formatted(topic.topicName()));
      }
    }
    Map<String, TopicDescription> descriptions =
        admin.describeTopics(present.stream().map(Topic::topicName).toList()).allTopicNames().get();
    Map<ConfigResource, Config> configs =
        admin
            .describeConfigs(present.stream().map(topic -> resource(topic.topicName())).toList())
            .all()
            .get();
    int byKey = -1;
    for (Topic topic : present) {
      String name = topic.topicName();
      int partitions = requireNonNull(descriptions.get(name), name).partitions().size();
      if (topic.spread() == Topic.Spread.SINGLE && partitions != 1) {
        differences.add("%s: has %d partitions, must have 1".formatted(name, partitions));
      }
      if (topic.spread() == Topic.Spread.BY_KEY) {
        if (byKey < 0) {
          byKey = partitions;
        } else if (partitions != byKey) {
          differences.add(
              "%s: has %d partitions, %s has %d; they must have the same number"
                  .formatted(name, partitions, Topic.TELEMETRY.topicName(), byKey));
        }
      }
      Config config = requireNonNull(configs.get(resource(name)), name);
      topic
          .config()
          .forEach((key, wanted) -> {
            String actual = actual(config, key);
            if (key.equals(Topic.RETENTION_BYTES)) {
              // an installation chooses how many
              if (!actual.matches("[0-9]+")) {
                differences.add(
                    "%s: %s is missing, so it can fill the brokers' disks".formatted(name, key));
              }
            } else if (!wanted.equals(actual)) {
              differences.add("%s: %s is %s, must be %s".formatted(name, key, actual, wanted));
            }
          });
    }
    return differences;
  }

  /** The catalogue as a table, one line for each topic. */
  public static List<String> catalogue() {
    TextTable table =
        new TextTable(Column.left("topic"), Column.left("key"), Column.left("retention"));
    for (Topic topic : Topic.values()) {
      table.row(
          topic.topicName(),
          topic.key(),
          topic.compacted() ? "compacted" : topic.retention().toDays() + " days");
    }
    return table.lines();
  }

  private static ConfigResource resource(String topic) {
    return DurabilityCheck.resource(topic);
  }
}
