// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
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

  private final Admin admin;

  public TopicAdmin(Admin admin) {
    this.admin = admin;
  }

  /**
   * Creates what is missing; leaves alone what exists.
   *
   * @param partitions of every topic that is spread by key
   * @param replication copies of each, or -1 for the cluster's default
   * @return names of those created
   */
  public Set<String> create(int partitions, short replication)
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
                    replication < 0 ? Optional.empty() : Optional.of(replication))
                .configs(topic.config()));
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
    return created;
  }

  /**
   * A line about topics with names of before 0.1.0. They do no harm, so programs go on.
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
        admin.describeConfigs(present.stream().map(TopicAdmin::resource).toList()).all().get();
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
      Config config = requireNonNull(configs.get(resource(topic)), name);
      topic
          .config()
          .forEach((key, wanted) -> {
            ConfigEntry entry = config.get(key);
            String actual = entry == null ? "unset" : entry.value();
            if (!wanted.equals(actual)) {
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

  private static ConfigResource resource(Topic topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName());
  }
}
