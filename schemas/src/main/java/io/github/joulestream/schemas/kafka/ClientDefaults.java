// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Settings that all clients of Kafka have in common, so that limits of time are written once. */
public final class ClientDefaults {
  /** Time after which a group gives the partitions of a silent member to others, ms. */
  public static final int SESSION_TIMEOUT_MILLIS = 10_000;

  /** Time between signs of life of a group's member, ms. */
  public static final int HEARTBEAT_INTERVAL_MILLIS = 2_000;

  private ClientDefaults() {}

  /**
   * Of a consumer that reads committed records from the beginning and commits no offset by itself.
   *
   * @param kafka how to reach the cluster
   */
  public static Map<String, Object> consumer(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return config;
  }

  /**
   * Of a member of a consumer group.
   *
   * @param kafka how to reach the cluster
   */
  public static Map<String, Object> groupMember(Map<String, Object> kafka, String group) {
    Map<String, Object> config = consumer(kafka);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_INTERVAL_MILLIS);
    return config;
  }

  /**
   * Of a producer whose records are acknowledged by all in-sync replicas and written once.
   *
   * @param kafka how to reach the cluster
   */
  public static Map<String, Object> producer(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return config;
  }
}
