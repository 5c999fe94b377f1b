// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.streams.process.Journal;
import io.github.joulestream.streams.process.Untold;
import io.github.joulestream.streams.topology.AccountingTopology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topologies, running. */
public final class StreamsProgram implements AutoCloseable {
  /** Fixed: another id would mean that all state is rebuilt. */
  public static final String APPLICATION_ID = "joulestream";

  private static final Logger log = LoggerFactory.getLogger(StreamsProgram.class);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
  private static final int MAX_REPLACED_THREADS = 10;

  private final KafkaStreams streams;
  private final Untold untold;
  private final CompletableFuture<Void> running = new CompletableFuture<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger replacedThreads = new AtomicInteger();

  public StreamsProgram(StreamsSettings settings) {
    Properties config = config(settings);
    AccountingTopology topology =
        new AccountingTopology(config, Limits.DEFAULT, settings.calibration());
    this.untold = topology.untold();
    this.streams = new KafkaStreams(topology.get(), config);
    streams.setStateListener((now, _) -> {
      log.info("streams are {}", now);
      if (now == KafkaStreams.State.RUNNING) {
        running.complete(null);
      } else if (now == KafkaStreams.State.ERROR) {
        running.completeExceptionally(
            new IllegalStateException("the streams stopped", failure.get()));
      }
    });
    streams.setUncaughtExceptionHandler(e -> {
      log.error("a stream thread failed", e);
      if (replacedThreads.incrementAndGet() <= MAX_REPLACED_THREADS) {
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
      failure.set(e);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
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
    config.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.NO_OPTIMIZATION);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    config.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Journal.MOST_RECORD);
    // what a commit writes into a changelog goes in one piece
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
    config.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    if (settings.groupInstanceId() != null) {
      config.put(
          StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
          settings.groupInstanceId());
    }
    return config;
  }

  /** Starts, and returns when all tasks run. */
  public void start() throws InterruptedException {
    streams.start();
    try {
      running.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the streams did not start", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the streams did not start within " + START_LIMIT.toSeconds() + " s", e);
    }
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

  /** Why the streams gave up, if they did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE_LIMIT)) {
      log.warn("the streams did not stop within {} s", CLOSE_LIMIT.toSeconds());
    }
  }
}
