// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.producers.publish.GridPublisher;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets a simulated site run in real time, on a thread of its own. */
public final class SimulationRunner implements AutoCloseable {
  private static final long PACE_MILLIS = 100;
  private static final long STEP_MILLIS = 1_000;
  // a full buffer of the producer waits for two minutes
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final SiteSimulator simulator;
  private final Publisher publisher;
  private final SupplyFeed supply;
  private final EpochClock clock;
  private final long endEpochMillis;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Progress progress = new Progress("the simulation", STUCK);
  private final Thread thread;

  private SimulationRunner(
      SiteSimulator simulator,
      Publisher publisher,
      SupplyFeed supply,
      EpochClock clock,
      long endEpochMillis) {
    this.simulator = simulator;
    this.publisher = publisher;
    this.supply = supply;
    this.clock = clock;
    this.endEpochMillis = endEpochMillis;
    this.thread = Thread.ofPlatform().name("simulation").unstarted(this::run);
  }

  /** Starts a site now, until it is asked to finish. */
  public static SimulationRunner start(
      SimulationOptions options, Publisher publisher, GridPublisher grid, EpochClock clock) {
    return start(options, publisher, grid, clock, clock.epochMillis(), Long.MAX_VALUE);
  }

  /**
   * Starts a site at some time, catches up with the clock if that is past, and ends at another.
   * Started again with the same times it publishes the same.
   *
   * @param grid takes the site's supply: two days from before the start on, and up to two days
   *     ahead
   */
  public static SimulationRunner start(
      SimulationOptions options,
      Publisher publisher,
      GridPublisher grid,
      EpochClock clock,
      long startEpochMillis,
      long endEpochMillis) {
    SimulationRunner runner =
        new SimulationRunner(
            new SiteSimulator(options, startEpochMillis),
            options.towards(publisher),
            new SupplyFeed(options, grid, startEpochMillis - SupplyFeed.AROUND_MILLIS),
            clock,
            endEpochMillis);
    runner.thread.start();
    return runner;
  }

  private void run() {
    try {
      long now;
      do {
        now = Math.min(endEpochMillis, clock.epochMillis());
        supply.extendTo(now + SupplyFeed.AROUND_MILLIS);
        catchUp(now);
      } while (now < endEpochMillis && !stop.await(PACE_MILLIS, TimeUnit.MILLISECONDS));
      catchUp(Math.min(endEpochMillis, clock.epochMillis()));
      synchronized (simulator) {
        simulator.finish(publisher);
        publisher.flush();
      }
    } catch (Throwable e) {
      // of any kind: a simulation that has stopped must not report good health
      failure.set(e);
    } finally {
      progress.idle();
    }
  }

  /** In small steps, between which others may ask. */
  private void catchUp(long epochMillis) {
    long now;
    do {
      progress.turned();
      synchronized (simulator) {
        now = Math.min(epochMillis, simulator.nowEpochMillis() + STEP_MILLIS);
        simulator.advanceTo(now, publisher);
      }
    } while (now < epochMillis && stop.getCount() > 0);
  }

  /** True if it has published all that it ever will. */
  public boolean done() {
    return !thread.isAlive();
  }

  public long readings() {
    synchronized (simulator) {
      return simulator.readings();
    }
  }

  /** How it is: bad if it stopped by itself or is stuck. */
  public Health health() {
    Throwable e = failure.get();
    return e == null
        ? progress.or(Health.GOOD)
        : Health.bad("the simulation stopped: " + e.getMessage());
  }

  /** Why it stopped by itself, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Writes the true energy of each job. */
  public void writeTruth(Path file) throws IOException {
    synchronized (simulator) {
      simulator.writeTruth(file);
    }
  }

  @Override
  public void close() {
    finish();
  }

  /** Jobs that run; after the end, those that are left running. */
  public int jobsRunning() {
    synchronized (simulator) {
      return simulator.jobsRunning();
    }
  }

  /** Ends the simulation, and returns when everything is handed to the publisher. */
  public void finish() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
