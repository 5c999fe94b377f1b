// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.ClientDefaults;
import io.github.joulestream.streams.accounting.ArrivalTime;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.state.Journal;
import io.github.joulestream.streams.state.PendingOutput;
import io.github.joulestream.streams.topology.AccountingTopology;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;

/** The accounting, running. */
public final class StreamsProgram implements AutoCloseable {
  /** Fixed: another id would mean that all state is rebuilt. */
  public static final String APPLICATION_ID = "joulestream";

  private static final int SEGMENT_BYTES = 32 << 20;

  private final RunningTopology running;
  private final PendingOutput untold;
  private final RecordRefusals refusals;

  public StreamsProgram(StreamsSettings settings) {
    Properties config = config(settings);
    AccountingTopology topology =
        new AccountingTopology(config, Limits.DEFAULT, settings.calibration());
    this.untold = topology.pendingOutput();
    this.refusals = topology.refusals();
    this.running = new RunningTopology(topology.get(), config);
  }

  /** The configuration of the topologies; also what tests build them with. */
  public static Properties config(StreamsSettings settings) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION_ID);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    config.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
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
        ClientDefaults.SESSION_TIMEOUT_MILLIS);
    config.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        ClientDefaults.HEARTBEAT_INTERVAL_MILLIS);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Journal.MAX_RECORD);
    // what a commit writes into a changelog goes in one piece
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocksDb.class);
    // of topics between the parts: what was read is deleted by whole segments
    config.put(StreamsConfig.topicPrefix(TopicConfig.SEGMENT_BYTES_CONFIG), SEGMENT_BYTES);
    if (settings.groupInstanceId() != null) {
      config.put(
          StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
          settings.groupInstanceId());
    }
    ClientSettings.apply(settings.kafka(), config);
    return config;
  }

  /** Starts, and returns when all tasks run. */
  public void start() throws InterruptedException {
    running.start();
  }

  public String applicationId() {
    return APPLICATION_ID;
  }

  /** Topics between the parts of the topology. */
  public List<String> internalTopics() {
    return List.of(
        APPLICATION_ID + "-" + AccountingTopology.BY_JOB + "-repartition",
        APPLICATION_ID + "-" + AccountingTopology.BY_SITE + "-repartition");
  }

  /** True if jobs have been told of all that was committed. */
  public boolean allTold() {
    return untold.isNone();
  }

  /**
   * How it is: bad if it gave up, or if nothing gets on. While tasks move or are restored, and
   * while nodes are set aside, it is good and says so.
   */
  public Health health() {
    Health health = running.health();
    int nodes = refusals.nodesSetAside();
    return health.equals(Health.GOOD) && nodes > 0
        ? Health.good("nodes set aside: %d; see joulestream node list --set-aside".formatted(nodes))
        : health;
  }

  /** Shows its figures, and what both topologies have refused. */
  public void showIn(Metrics metrics, AlertsProgram alerts) {
    running.showIn(metrics);
    metrics
        .show(
            Metric.STREAMS_REFUSED,
            "topology",
            () -> Map.of("accounting", refusals.count(), "alerts", alerts.refused()))
        .show(Metric.STREAMS_SET_ASIDE, refusals::nodesSetAside);
  }

  /** Nodes of this instance that are set aside: their records are kept as dead letters. */
  public int nodesSetAside() {
    return refusals.nodesSetAside();
  }

  /** The topic that holds, by node, why it is set aside. */
  public static String setAsideTopic() {
    return APPLICATION_ID + "-" + AttributeEnergy.SET_ASIDE + "-changelog";
  }

  /** The topics that the topologies read, beside those between their parts. */
  public static List<Topic> inputs() {
    return List.of(
        Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS, Topic.BUDGETS, Topic.NODES, Topic.ALERTS);
  }

  /** Why the streams gave up, if they did. */
  public Optional<Throwable> failure() {
    return running.failure();
  }

  @Override
  public void close() {
    running.close();
  }
}
