// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a person's configuration of Kafka's clients to all clients of a topology: consumers of
 * input, of restoring and of global state, producer, administration. What the books depend on stays
 * as it is, and a line says so.
 */
final class ClientSettings {
  private static final Logger log = LoggerFactory.getLogger(ClientSettings.class);

  /** Said by options of their own, as by {@code --kafka}: no line. */
  private static final Set<String> SAID_OTHERWISE =
      Set.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);

  /** Exactly-once, the order and place of records, or the topology's own clients follow from it. */
  private static final Set<String> FIXED =
      Set.of(
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          CommonClientConfigs.CLIENT_ID_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          ProducerConfig.RETRIES_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

  private ClientSettings() {}

  /**
   * Puts it over what the topology would choose.
   *
   * @param kafka names as Kafka's clients have them, without prefixes
   */
  static void apply(Map<String, Object> kafka, Properties config) {
    new TreeMap<>(kafka)
        .forEach((name, value) -> {
          if (FIXED.contains(name)) {
            log.warn(
                "{} of the configuration of Kafka's clients is left out: the books need it", name);
          } else if (!SAID_OTHERWISE.contains(name)) {
            // not without a prefix: names that only a plug-in of the clients knows would get lost
            config.put(StreamsConfig.consumerPrefix(name), value);
            config.put(StreamsConfig.producerPrefix(name), value);
            config.put(StreamsConfig.adminClientPrefix(name), value);
          }
        });
  }
}
