// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.topology.AlertsTopology;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** The watch over budgets and sites, running: an application of its own beside the accounting. */
public final class AlertsProgram implements AutoCloseable {
  /** Fixed: another id would mean that all state is rebuilt. */
  public static final String APPLICATION_ID = StreamsProgram.APPLICATION_ID + "-alerts";

  // an alert leaves with the commit
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

  private final RunningTopology running;
  private final RecordRefusals refusals;

  /** With the threads, the folder and the place in the group that these say. */
  public AlertsProgram(StreamsSettings settings) {
    Properties config = config(settings);
    AlertsTopology topology = new AlertsTopology(config);
    this.refusals = topology.refusals();
    this.running = new RunningTopology(topology.get(), config);
  }

  /** The configuration of the topology; also what tests build it with. */
  public static Properties config(StreamsSettings settings) {
    Properties config = StreamsProgram.config(settings);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION_ID);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    return config;
  }

  /** Starts, and returns when all tasks run. */
  public void start() throws InterruptedException {
    running.start();
  }

  /** Records refused since the start. */
  public long refused() {
    return refusals.count();
  }

  /** How it is: bad if it gave up, or if nothing gets on. */
  public Health health() {
    return running.health();
  }

  /** Why it gave up, if it did. */
  public Optional<Throwable> failure() {
    return running.failure();
  }

  @Override
  public void close() {
    running.close();
  }
}
