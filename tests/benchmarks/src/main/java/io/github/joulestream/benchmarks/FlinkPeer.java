// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A peer that is written with Flink's DataStream API and runs in a cluster within this process: the
 * same broker, input and sums as the DSL's record per batch, state in RocksDB, checkpoints each
 * second, exactly once into the topic of results. Objects are passed on between chained operators
 * without a copy, as its manual advises.
 *
 * <p>The source ends where the topic ended when the job began. With that Flink's time goes to its
 * end, all windows fire, and the job is done with its last checkpoint: no energy is left in a
 * window, and no reading has to be made up to push the last ones out.
 */
final class FlinkPeer implements Contestant {
  private static final String GROUP = "flink";
  private static final Duration CHECKPOINTS = Duration.ofSeconds(1);
  private static final Duration DISORDER = Duration.ofSeconds(10);
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofHours(1);
  // over the longest a checkpoint may take, and under the broker's limit
  private static final int TRANSACTION_MILLIS = 600_000;

  private final String bootstrap;
  private final Path folder;
  private final int threads;
  private final Admin admin;
  private long end;
  private long lastCommitted;
  private long stateBytes;
  private @Nullable JobClient job;
  private CompletableFuture<JobExecutionResult> ended = new CompletableFuture<>();

  FlinkPeer(String bootstrap, Path folder, int threads) {
    this.bootstrap = bootstrap;
    this.folder = folder;
    this.threads = threads;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  @Override
  public void start() throws Exception {
    end = Topics.end(admin, "telemetry");
    Peer.createResults(admin);
    StreamExecutionEnvironment flink =
        StreamExecutionEnvironment.createLocalEnvironment(threads, configuration());
    flink
        .fromSource(
            source(),
            WatermarkStrategy.<NodeCounters>forBoundedOutOfOrderness(DISORDER)
                .withTimestampAssigner((counters, _) -> counters.epochMillis),
            "telemetry")
        .keyBy(counters -> counters.node)
        .process(new FlinkSteps())
        .keyBy(step -> step.f0)
        .window(TumblingEventTimeWindows.of(WINDOW))
        .allowedLateness(GRACE)
        .aggregate(new FlinkSum(), new FlinkSum.Named())
        .returns(Types.TUPLE(Types.STRING, Types.LONG))
        .sinkTo(
            KafkaSink.<Tuple2<String, Long>>builder()
                .setBootstrapServers(bootstrap)
                .setRecordSerializer(new FlinkSum.Serialized())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(GROUP)
                .setProperty("transaction.timeout.ms", Integer.toString(TRANSACTION_MILLIS))
                .setProperty("compression.type", "lz4")
                .build());
    job = flink.executeAsync(GROUP);
    // asked for now, as the cluster is gone when its job is
    ended = job.getJobExecutionResult();
  }

  private KafkaSource<NodeCounters> source() {
    return KafkaSource.<NodeCounters>builder()
        .setBootstrapServers(bootstrap)
        .setTopics("telemetry")
        .setGroupId(GROUP)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.latest())
        .setDeserializer(new NodeCounters.Reader())
        .build();
  }

  private Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.setString("state.backend.rocksdb.localdir", folder.resolve("rocks").toString());
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    // a failure is to be seen
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
    return configuration;
  }

  /** Committed with checkpoints; all of it when the job has ended, for that is a checkpoint too. */
  @Override
  public long done() throws Exception {
    if (ended.isDone()) {
      ended.get();
      return end;
    }
    long committed = Topics.committed(admin, GROUP, "telemetry");
    if (committed != lastCommitted) {
      lastCommitted = committed;
      stateBytes = Math.max(stateBytes, Bench.stateBytes(folder.resolve("checkpoints")));
    }
    return committed;
  }

  @Override
  public long measuredMillijoules() {
    return Peer.measuredMillijoules(bootstrap);
  }

  @Override
  public long jobMillijoules() {
    return -1;
  }

  /** Of its checkpoints, when they were largest: it removes them when it has ended. */
  @Override
  public long stateBytes() {
    return stateBytes;
  }

  @Override
  public void stop() throws Exception {
    if (job != null && !ended.isDone()) {
      job.cancel().get();
    }
    admin.close();
  }
}
