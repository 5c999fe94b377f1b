// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Compares how durable topics are with how durable they should be: those of the catalogue, the
 * internal ones of the topologies, and those in which Kafka keeps transactions and offsets.
 */
public final class DurabilityCheck {
  /** Without them no transaction can be committed, and no group continues where it was. */
  public static final List<String> OF_KAFKA = List.of("__consumer_offsets", "__transaction_state");

  private DurabilityCheck() {}

  /** Of these topics those whose records are, or lead to, energy. */
  static Set<String> concerned(Set<String> existing) {
    Set<String> concerned = new TreeSet<>();
    for (Topic topic : Topic.values()) {
      if (existing.contains(topic.topicName())) {
        concerned.add(topic.topicName());
      }
    }
    existing.stream()
        .filter(name -> OF_KAFKA.contains(name) || isInternal(name))
        .forEach(concerned::add);
    return concerned;
  }

  /** Of these topics those that can be changed for Joulestream's sake alone. */
  static Set<String> changeable(Set<String> existing) {
    Set<String> changeable = concerned(existing);
    changeable.removeAll(OF_KAFKA);
    return changeable;
  }

  /** True of a changelog or a repartition topic of a topology of Joulestream. */
  public static boolean isInternal(String name) {
    return name.startsWith(KafkaClients.NAME_PREFIX + "-")
        && (name.endsWith("-changelog") || name.endsWith("-repartition"));
  }

  /**
   * A line for each topic that has less than wanted, in the order of their names; none if nothing
   * is wanted.
   *
   * @param wanted at least; what the cluster chooses is not compared
   */
  public static List<String> lower(Admin admin, Durability wanted)
      throws ExecutionException, InterruptedException {
    if (wanted.equals(Durability.CLUSTER_DEFAULT)) {
      return List.of();
    }
    Set<String> names =
        concerned(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get());
    Map<String, Config> configs = new HashMap<>();
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> one :
        admin
            .describeConfigs(names.stream().map(DurabilityCheck::resource).toList())
            .values()
            .entrySet()) {
      try {
        configs.put(one.getKey().name(), one.getValue().get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
        // a line says so: there is no configuration of it
      }
    }
    return lower(admin.describeTopics(names).allTopicNames().get(), configs, wanted);
  }

  /**
   * A line for each broker of which copies are not in sync, as while it is away or its disk is
   * full: nothing is lost as long as the other copies are there.
   */
  public static List<String> missingCopies(Admin admin)
      throws ExecutionException, InterruptedException {
    Set<String> names =
        concerned(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get());
    return missingCopies(admin.describeTopics(names).allTopicNames().get().values());
  }

  static List<String> missingCopies(Collection<TopicDescription> topics) {
    Map<Integer, Integer> copies = new TreeMap<>();
    Map<Integer, Integer> inSync = new HashMap<>();
    for (TopicDescription topic : topics) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        partition.replicas().forEach(broker -> copies.merge(broker.id(), 1, Integer::sum));
        partition.isr().forEach(broker -> inSync.merge(broker.id(), 1, Integer::sum));
      }
    }
    List<String> lines = new ArrayList<>();
    copies.forEach((broker, all) -> {
      int missing = all - inSync.getOrDefault(broker, 0);
      if (missing > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "broker %d: %,d of its %,d copies of partitions are not in sync",
                broker,
                missing,
                all));
      }
    });
    return lines;
  }

  static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  /**
   * The lines.
   *
   * @param configs without those that may not be read
   */
  static List<String> lower(
      Map<String, TopicDescription> topics, Map<String, Config> configs, Durability wanted) {
    List<String> lines = new ArrayList<>();
    new TreeMap<>(topics)
        .forEach((name, topic) -> {
          List<String> lower = new ArrayList<>();
          int copies = copies(topic);
          if (copies < wanted.replication()) {
            lower.add("replication is %d, wanted %d".formatted(copies, wanted.replication()));
          }
          Config config = configs.get(name);
          if (config == null) {
            lower.add("min.insync.replicas cannot be read: this user lacks DescribeConfigs on it");
          } else {
            minInsyncReplicas(config)
                .filter(actual -> actual < wanted.minInsyncReplicas())
                .ifPresent(actual ->
                    lower.add(
                        "min.insync.replicas is %d, wanted %d"
                            .formatted(actual, wanted.minInsyncReplicas())));
          }
          if (!lower.isEmpty()) {
            lines.add("%s: %s".formatted(name, String.join("; ", lower)));
          }
        });
    return lines;
  }

  /** Copies of the partition that has the fewest. */
  static int copies(TopicDescription topic) {
    return topic.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .min()
        .orElse(0);
  }

  private static Optional<Integer> minInsyncReplicas(Config config) {
    return Optional.ofNullable(config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG))
        .map(ConfigEntry::value)
        .map(Integer::valueOf);
  }

  /**
   * What of a topic can be mended by a change of its configuration: {@code min.insync.replicas}, if
   * it is lower than wanted, and if the topic has more copies than that: otherwise nothing could be
   * written while one broker is away.
   */
  static Map<String, String> mended(TopicDescription topic, Config config, Durability wanted) {
    boolean lower =
        minInsyncReplicas(config).filter(now -> now < wanted.minInsyncReplicas()).isPresent();
    return lower && copies(topic) > wanted.minInsyncReplicas()
        ? Map.of(
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(wanted.minInsyncReplicas()))
        : Map.of();
  }
}
