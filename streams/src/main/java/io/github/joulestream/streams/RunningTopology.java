// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.streams.failure.ChangedTopics;
import io.github.joulestream.streams.failure.FullStateDisk;
import io.github.joulestream.streams.failure.UnreadableState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topology, running. A thread that fails is replaced, a few times an hour. A start has failed
 * after the start time-out without progress: no change of state, and no record restored.
 */
final class RunningTopology implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningTopology.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

  private final String label;
  private final String name;
  private final KafkaStreams streams;
  private final TopologyFigures figures;
  private final Path stateDir;
  private final Duration startTimeout;
  private final RestoreProgress restore;
  private final NanoClock clock = NanoClock.system();
  private final CountDownLatch running = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Replacements threads;
  private final StreamsProgress progress;
  // of the state
  private volatile long changedNanos;

  /**
   * A topology that is not started.
   *
   * @param label of its metrics
   * @param restore is informed of all state that is restored
   */
  RunningTopology(
      String label,
      Topology topology,
      Properties config,
      StreamsSettings settings,
      RestoreProgress restore) {
    this.label = label;
    this.name = config.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    SteadyTime time = new SteadyTime(EpochClock.system(), clock);
    this.streams = PrivateState.in(config, () -> new KafkaStreams(topology, config, time));
    this.figures = new TopologyFigures(streams);
    this.stateDir = settings.stateDir();
    this.startTimeout = settings.startTimeout();
    this.restore = restore;
    this.threads = new Replacements(settings.maxReplacements(), clock);
    this.progress = new StreamsProgress(name, clock);
    this.changedNanos = clock.nanos();
    streams.setGlobalStateRestoreListener(restore);
    streams.setStateListener((now, _) -> changed(now));
    streams.setUncaughtExceptionHandler(this::failed);
  }

  private void changed(KafkaStreams.State now) {
    log.info("{} is {}", name, now);
    changedNanos = clock.nanos();
    if (now == KafkaStreams.State.RUNNING) {
      restore.settled();
      running.countDown();
    } else if (now == KafkaStreams.State.ERROR) {
      failure.compareAndSet(null, new IllegalStateException(name + " stopped"));
    }
  }

  /** What becomes of the thread that failed, in which this is called. */
  StreamThreadExceptionResponse failed(Throwable e) {
    // Kafka Streams throws e on in a thread that it replaces. In threads that it began with it
    // silences that, in those that replaced others not: as an unexpected death it would end the
    // process
    Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
    boolean replace = threads.failed();
    Optional<UserError> lasting = lastingFailure(e);
    if (lasting.isPresent()) {
      log.debug("a thread of {} failed", name, e); // the operator gets the line of the error
      failure.compareAndSet(null, lasting.get());
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    log.error("a thread of {} failed", name, e);
    if (replace) {
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    failure.set(e);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** What another thread would fail of too: unreadable state, lost topics, a full disk. */
  private Optional<UserError> lastingFailure(Throwable e) {
    return UnreadableState.of(name, e)
        .or(() -> ChangedTopics.of(name, e))
        .or(() -> FullStateDisk.of(stateDir, e));
  }

  String label() {
    return label;
  }

  TopologyFigures figures() {
    return figures;
  }

  Replacements threads() {
    return threads;
  }

  /**
   * Starts, and returns at once.
   *
   * @throws UserError if the disk of its state is full
   */
  void start() {
    changedNanos = clock.nanos();
    try {
      streams.start();
    } catch (RuntimeException e) {
      throw FullStateDisk.of(stateDir, e).map(RuntimeException.class::cast).orElse(e);
    }
  }

  /** True while all tasks run. */
  boolean isRunning() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /** Waits until all tasks ran for the first time; false if that takes longer. */
  boolean awaitRunning(long timeout, TimeUnit unit) throws InterruptedException {
    return running.await(timeout, unit);
  }

  /**
   * Bad if it gave up, or if nothing makes progress. While tasks start, move or are restored it is
   * alive, and not ready.
   */
  Health health() {
    Optional<Throwable> e = failure();
    if (e.isPresent()) {
      return Health.bad(name + " stopped: " + e.get().getMessage());
    }
    return progress.health(
        new StreamsProgress.Figures(
            streams.state(),
            figures.polls(),
            figures.processed(),
            figures.recordsIn(),
            figures.lag()));
  }

  /** Why it gave up, if it did; also that its start made no progress for the start time-out. */
  Optional<Throwable> failure() {
    if (running.getCount() > 0 && streams.state() != KafkaStreams.State.CREATED) {
      Duration state = Duration.ofNanos(clock.nanos() - changedNanos);
      Duration restored = restore.sinceProgress();
      if (state.compareTo(startTimeout) >= 0 && restored.compareTo(startTimeout) >= 0) {
        failure.compareAndSet(
            null,
            new IllegalStateException(
                "%s did not start: it is %s, and made no progress for %,d s (--start-timeout)"
                    .formatted(name, streams.state(), startTimeout.toSeconds())));
      }
    }
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    if (!streams.close(CLOSE_LIMIT)) {
      log.warn("{} did not stop within {} s", name, CLOSE_LIMIT.toSeconds());
    }
  }
}
