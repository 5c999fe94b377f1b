// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.EpochClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets a simulated site run in real time, on a thread of its own. */
public final class SimulationRunner implements AutoCloseable {
  private static final long PACE_MILLIS = 100;

  private final SiteSimulator simulator;
  private final Publisher publisher;
  private final EpochClock clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  private SimulationRunner(SiteSimulator simulator, Publisher publisher, EpochClock clock) {
    this.simulator = simulator;
    this.publisher = publisher;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("simulation").unstarted(this::run);
  }

  /** Starts a site now. */
  public static SimulationRunner start(
      SimulationOptions options, Publisher publisher, EpochClock clock) {
    SimulationRunner runner =
        new SimulationRunner(
            new SiteSimulator(options, clock.epochMillis()), options.towards(publisher), clock);
    runner.thread.start();
    return runner;
  }

  private void run() {
    try {
      do {
        synchronized (simulator) {
          simulator.advanceTo(clock.epochMillis(), publisher);
        }
      } while (!stop.await(PACE_MILLIS, TimeUnit.MILLISECONDS));
      synchronized (simulator) {
        simulator.advanceTo(clock.epochMillis(), publisher);
        simulator.finish(publisher);
        publisher.flush();
      }
    } catch (RuntimeException | InterruptedException e) {
      failure.set(e);
    }
  }

  public long readings() {
    synchronized (simulator) {
      return simulator.readings();
    }
  }

  /** Why it stopped by itself, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Writes what each job really drew. */
  public void writeTruth(Path file) throws IOException {
    synchronized (simulator) {
      simulator.writeTruth(file);
    }
  }

  @Override
  public void close() {
    finish();
  }

  /** Ends all jobs, and returns when everything is handed to the publisher. */
  public void finish() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
