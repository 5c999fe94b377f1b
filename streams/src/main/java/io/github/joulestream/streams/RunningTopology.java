// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A topology, running: a thread that fails is replaced, a few times an hour. */
final class RunningTopology implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningTopology.class);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

  private static final String FETCHED = "consumer-fetch-manager-metrics";

  private final String name;
  private final KafkaStreams streams;
  private final CompletableFuture<Void> running = new CompletableFuture<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Replacements replaced = new Replacements(NanoClock.system());
  private final StreamsProgress progress;

  RunningTopology(Topology topology, Properties config) {
    this.name = config.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    this.streams = new KafkaStreams(topology, config);
    this.progress = new StreamsProgress(name, NanoClock.system());
    streams.setStateListener((now, _) -> {
      log.info("{} is {}", name, now);
      if (now == KafkaStreams.State.RUNNING) {
        running.complete(null);
      } else if (now == KafkaStreams.State.ERROR) {
        running.completeExceptionally(new IllegalStateException(name + " stopped", failure.get()));
      }
    });
    streams.setUncaughtExceptionHandler(e -> {
      log.error("a thread of {} failed", name, e);
      if (replaced.oneMore()) {
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
      failure.set(e);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
  }

  /** Starts, and returns when all tasks run. */
  void start() throws InterruptedException {
    streams.start();
    try {
      running.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + " did not start", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          name + " did not start within " + START_LIMIT.toSeconds() + " s", e);
    }
  }

  /**
   * How it is: bad if it gave up, or if nothing gets on. While tasks move or are restored, it is
   * good and says so.
   */
  Health health() {
    Throwable e = failure.get();
    if (e != null) {
      return Health.bad(name + " stopped: " + e.getMessage());
    }
    return progress.health(
        new StreamsProgress.Figures(
            streams.state(),
            byThread("poll-total"),
            byThread("process-total").values().stream().mapToDouble(Double::doubleValue).sum(),
            sum(FETCHED, "records-consumed-total", "client-id"),
            sum(FETCHED, "records-lag", "partition")));
  }

  /** One of the figures of threads that are not dead. */
  private Map<String, Double> byThread(String figure) {
    Set<String> alive = new HashSet<>();
    streams.metadataForLocalThreads().forEach(thread -> alive.add(thread.threadName()));
    Map<String, Double> values = new HashMap<>();
    streams
        .metrics()
        .forEach((metric, value) -> {
          String thread = metric.tags().get("thread-id");
          if (metric.group().equals("stream-thread-metrics")
              && metric.name().equals(figure)
              && thread != null
              && alive.contains(thread)
              && value.metricValue() instanceof Double number) {
            values.put(thread, number);
          }
        });
    return values;
  }

  /** Shows its figures. */
  void showIn(Metrics metrics) {
    metrics
        .showIf(Metric.STREAMS_RUNNING, () -> streams.state() == KafkaStreams.State.RUNNING)
        .show(Metric.STREAMS_RECORDS_IN, () -> sum(FETCHED, "records-consumed-total", "client-id"))
        .show(
            Metric.STREAMS_RECORDS_OUT,
            () -> sum("producer-metrics", "record-send-total", "client-id"))
        .show(Metric.STREAMS_LAG, () -> sum(FETCHED, "records-lag", "partition"))
        .show(Metric.STREAMS_REPLACED_THREADS, replaced::total);
  }

  /**
   * Adds up one of the clients' own figures.
   *
   * @param last the innermost thing that it is told of: not each of a client's topics, and the
   *     client again
   */
  private double sum(String group, String name, String last) {
    double sum = 0;
    for (Map.Entry<MetricName, ? extends org.apache.kafka.common.Metric> entry :
        streams.metrics().entrySet()) {
      MetricName metric = entry.getKey();
      boolean innermost =
          metric.tags().containsKey(last)
              && (last.equals("partition") || !metric.tags().containsKey("topic"));
      if (metric.group().equals(group)
          && metric.name().equals(name)
          && innermost
          && entry.getValue().metricValue() instanceof Double value
          && !value.isNaN()) {
        sum += value;
      }
    }
    return sum;
  }

  /** Why it gave up, if it did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE_LIMIT)) {
      log.warn("{} did not stop within {} s", name, CLOSE_LIMIT.toSeconds());
    }
  }
}
