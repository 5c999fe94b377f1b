// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.UserError;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How to reach a Kafka cluster, and what every client of Joulestream is made from, those of Kafka
 * Streams included: so that TLS and SASL reach all of them, and so that what the books need is set
 * in one place. Immutable.
 *
 * <p>Of each setting counts, in this order: what the kind of the client fixes (below), what the
 * program sets ({@link #with}), what a person has set ({@code --kafka-config}), the program's
 * default ({@link #withDefault}), Kafka's default. Of what a person has set is
 *
 * <ul>
 *   <li>refused: what would weaken a promise, that is {@code acks} other than {@code all}, {@code
 *       enable.idempotence} other than {@code true}, and {@code isolation.level} other than {@code
 *       read_committed};
 *   <li>left out, with a line in the log: what names a client, its group or its transactions, what
 *       chooses partitions or offsets, and how records become bytes;
 *   <li>taken: all else, as TLS, SASL, compression, batches and limits of time.
 * </ul>
 *
 * <p>Names, so that one rule of access for the prefix {@code joulestream} covers them all: a
 * consumer group is {@code joulestream-PROGRAM}, the id of a producer's transactions is {@code
 * joulestream-TASK}, and a client id is {@code joulestream-PROGRAM} or {@code joulestream-TASK}.
 * Kafka Streams makes its own from the application ids {@code joulestream} and {@code
 * joulestream-alerts}: these are its groups, and its client ids, ids of transactions and internal
 * topics begin with them.
 */
public final class KafkaClients {
  /** Time after which a group gives the partitions of a silent member to others, ms. */
  public static final int SESSION_TIMEOUT_MILLIS = 10_000;

  /** Time between signs of life of a group's member, ms. */
  public static final int HEARTBEAT_INTERVAL_MILLIS = 2_000;

  /**
   * Time after which Kafka ends a transaction that its producer has left open, ms. Until then who
   * reads committed records of the same partitions waits, as {@code streams} does after a command
   * was killed.
   */
  public static final int TRANSACTION_TIMEOUT_MILLIS = 30_000;

  /** With this begins every group, client id and id of transactions. */
  public static final String NAME_PREFIX = "joulestream";

  private static final Logger log = LoggerFactory.getLogger(KafkaClients.class);

  private static final String ALL_IN_SYNC = "all";
  private static final String COMMITTED = "read_committed";

  /** What the books need, and the values a person may set them to. */
  private static final Map<String, Set<String>> PROMISED =
      Map.of(
          ProducerConfig.ACKS_CONFIG, Set.of(ALL_IN_SYNC, "-1"),
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, Set.of("true"),
          ConsumerConfig.ISOLATION_LEVEL_CONFIG, Set.of(COMMITTED));

  private static final Set<String> LEFT_OUT =
      Set.of(
          CommonClientConfigs.CLIENT_ID_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          ProducerConfig.RETRIES_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

  /** Of Kafka Streams these follow from what the topologies write, or are given otherwise. */
  private static final Set<String> NOT_OF_STREAMS =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG);

  private final Map<String, Object> settings;

  private KafkaClients(Map<String, Object> settings) {
    this.settings = Map.copyOf(settings);
  }

  /**
   * Those of a cluster that needs no further settings.
   *
   * @param bootstrap brokers, {@code host:port,host:port}
   */
  public static KafkaClients of(String bootstrap) {
    return of(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
  }

  /**
   * Those of a cluster.
   *
   * @param chosen what a person has set, as Kafka's clients name it, with {@code
   *     bootstrap.servers}; a line is logged for what is left out of it
   * @throws UserError if one of them would weaken what the books need
   */
  public static KafkaClients of(Map<String, ?> chosen) {
    Map<String, Object> taken = new HashMap<>();
    new TreeMap<>(chosen)
        .forEach((name, value) -> {
          refuseWeaker(name, value);
          if (LEFT_OUT.contains(name)) {
            log.warn(
                "{} of the configuration of Kafka's clients is left out: the books need it", name);
          } else {
            taken.put(name, value);
          }
        });
    if (!taken.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
      throw new IllegalArgumentException("bootstrap.servers is missing");
    }
    return new KafkaClients(taken);
  }

  private static void refuseWeaker(String name, Object value) {
    Set<String> allowed = PROMISED.get(name);
    if (allowed != null && !allowed.contains(value.toString().strip().toLowerCase(Locale.ROOT))) {
      throw new UserError(
          "%s=%s in the configuration of Kafka's clients (--kafka-config) is refused: energy could be lost or booked twice; remove it"
              .formatted(name, value));
    }
  }

  /** The same, with settings over what a person has set. */
  public KafkaClients with(Map<String, ?> own) {
    own.keySet().forEach(KafkaClients::refuseFixed);
    Map<String, Object> all = new HashMap<>(settings);
    all.putAll(own);
    return new KafkaClients(all);
  }

  /** The same, with a setting over what a person has set. */
  public KafkaClients with(String name, Object value) {
    return with(Map.of(name, value));
  }

  /** The same, with a setting for when a person has set none. */
  public KafkaClients withDefault(String name, Object value) {
    return settings.containsKey(name) ? this : with(name, value);
  }

  private static void refuseFixed(String name) {
    if (PROMISED.containsKey(name)
        || name.equals(CommonClientConfigs.CLIENT_ID_CONFIG)
        || name.equals(ConsumerConfig.GROUP_ID_CONFIG)
        || name.equals(ProducerConfig.TRANSACTIONAL_ID_CONFIG)) {
      throw new IllegalArgumentException(name + " is set by KafkaClients alone");
    }
  }

  /** Addresses of brokers, separated by commas. */
  public String bootstrap() {
    return String.valueOf(settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
  }

  /**
   * A consumer without a group, that reads committed records, from the beginning of a partition if
   * no offset was sought, and commits nothing.
   */
  public <K, V> KafkaConsumer<K, V> consumer(
      String clientId, Deserializer<K> keys, Deserializer<V> values) {
    return new KafkaConsumer<>(consumerConfig(clientId), keys, values);
  }

  /**
   * A member of a consumer group that reads committed records, of a new group from the beginning,
   * and commits no offset by itself. Its client id is the group's.
   */
  public <K, V> KafkaConsumer<K, V> groupMember(
      String group, Deserializer<K> keys, Deserializer<V> values) {
    return new KafkaConsumer<>(groupMemberConfig(group), keys, values);
  }

  /**
   * A producer whose records are acknowledged by all in-sync replicas and written once. It has one
   * request in flight to a broker: of two to a partition without records of this producer, the
   * first can be refused for the moment (its leader is not there yet) and the second taken, and
   * then the broker refuses the first, as one out of order, until the time of delivery is over.
   */
  public <K, V> KafkaProducer<K, V> producer(
      String clientId, Serializer<K> keys, Serializer<V> values) {
    return new KafkaProducer<>(producerConfig(clientId), keys, values);
  }

  /**
   * A producer of transactions. Of two with the same id, the one that came first can no longer
   * commit.
   *
   * @param id of its transactions, and of the client
   */
  public <K, V> KafkaProducer<K, V> transactionalProducer(
      String id, Serializer<K> keys, Serializer<V> values) {
    return new KafkaProducer<>(transactionalConfig(id), keys, values);
  }

  /** A client for administration. */
  public Admin admin(String clientId) {
    return Admin.create(named(clientId));
  }

  /** What {@link #consumer} makes a consumer with. */
  Map<String, Object> consumerConfig(String clientId) {
    Map<String, Object> config = named(clientId);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, COMMITTED);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return config;
  }

  /** What {@link #groupMember} makes a consumer with. */
  Map<String, Object> groupMemberConfig(String group) {
    Map<String, Object> config = consumerConfig(group);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_INTERVAL_MILLIS);
    return config;
  }

  /** What {@link #producer} makes a producer with, for checks before there is one. */
  public Map<String, Object> producerConfig(String clientId) {
    Map<String, Object> config = named(clientId);
    config.put(ProducerConfig.ACKS_CONFIG, ALL_IN_SYNC);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    return config;
  }

  /** What {@link #transactionalProducer} makes a producer with. */
  Map<String, Object> transactionalConfig(String id) {
    Map<String, Object> config = producerConfig(id);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    config.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
    return config;
  }

  private Map<String, Object> named(String clientId) {
    if (!clientId.startsWith(NAME_PREFIX)) {
      throw new IllegalArgumentException(
          "'%s' does not begin with %s".formatted(clientId, NAME_PREFIX));
    }
    Map<String, Object> config = new HashMap<>(settings);
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    return config;
  }

  /**
   * Puts the address and the settings over what a topology would choose, for all its clients:
   * consumers of input, of restoring and of global state, producer, administration. Exactly-once
   * has its own {@code acks}, {@code enable.idempotence} and {@code isolation.level}.
   */
  public void putInto(Properties streams) {
    streams.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
    settings.forEach((name, value) -> {
      if (!NOT_OF_STREAMS.contains(name)) {
        // not without a prefix: names that only a plug-in of the clients knows would get lost
        streams.put("consumer." + name, value);
        streams.put("producer." + name, value);
        streams.put("admin." + name, value);
      }
    });
  }

  /** Without the values, which may be passwords. */
  @Override
  public String toString() {
    return "KafkaClients[%s, %s]".formatted(bootstrap(), new TreeSet<>(settings.keySet()));
  }
}
