// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.accounting.ArrivalTime;
import io.github.joulestream.streams.state.Journal;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;

/** Configuration of Kafka Streams for each topology; tests build topologies with it too. */
public final class StreamsConfigs {
  /** Application id of the accounting. Fixed: with another id all state would be restored anew. */
  public static final String ACCOUNTING_ID = "joulestream";

  /** Application id of the alerts. Fixed likewise. */
  public static final String ALERTS_ID = ACCOUNTING_ID + "-alerts";

  /**
   * A thread without records waits this long before it looks whether a task is to be initialised or
   * is restored, ms. Tasks start one after the other, so a start contains this wait many times.
   */
  private static final long POLL_MILLIS = 20;

  private static final int SEGMENT_BYTES = 32 << 20;
  // of a partition in memory: 150 MB of the largest, a quarter of what Kafka Streams keeps
  private static final int MAX_ALERTS_RECORDS = 250;

  private StreamsConfigs() {}

  /** True if Kafka Streams made that topic for the state of a topology, or between its parts. */
  public static boolean isInternalTopic(String name) {
    return name.startsWith(ACCOUNTING_ID + "-")
        && (name.endsWith("-changelog") || name.endsWith("-repartition"));
  }

  /** Of the accounting: from samples to energy. */
  public static Properties accounting(StreamsSettings settings) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, ACCOUNTING_ID);
    config.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
    config.put(StreamsConfig.POLL_MS_CONFIG, POLL_MILLIS);
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    config.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, ArrivalTime.class);
    // telemetry that ran ahead of allocations would be booked again: at a fifteenth of the speed
    config.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 0L);
    config.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.NO_OPTIMIZATION);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    config.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        KafkaClients.SESSION_TIMEOUT_MILLIS);
    config.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        KafkaClients.HEARTBEAT_INTERVAL_MILLIS);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Journal.MAX_RECORD);
    // what a commit writes into a changelog goes in one piece
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocksDb.class);
    // of repartition topics: what was read is deleted by whole segments
    config.put(StreamsConfig.topicPrefix(TopicConfig.SEGMENT_BYTES_CONFIG), SEGMENT_BYTES);
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.durability().replication());
    if (settings.durability().minInsyncReplicas() != Durability.OF_THE_CLUSTER) {
      config.put(
          StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
          Integer.toString(settings.durability().minInsyncReplicas()));
    }
    if (settings.groupInstanceId() != null) {
      config.put(
          StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
          settings.groupInstanceId());
    }
    settings.kafka().putInto(config);
    return config;
  }

  /**
   * Of the alerts: like the accounting, with a commit at least every {@link
   * StreamsSettings#SHORT_COMMIT_INTERVAL}.
   */
  public static Properties alerts(StreamsSettings settings) {
    Properties config = accounting(settings);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, ALERTS_ID);
    // records of many nodes are up to 0.6 MB
    config.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, MAX_ALERTS_RECORDS);
    config.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), MAX_ALERTS_RECORDS);
    config.put(
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
        Math.min(
            settings.commitInterval().toMillis(),
            StreamsSettings.SHORT_COMMIT_INTERVAL.toMillis()));
    return config;
  }
}
