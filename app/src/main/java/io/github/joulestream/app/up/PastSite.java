// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.publish.GridPublisher;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.producers.simulate.SupplyFeed;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A site that is simulated for a length of time that ends now, as fast as it goes. */
public final class PastSite implements Workload {
  private static final long STEP_MILLIS = 1_000;

  private final SimulationOptions options;
  private final Duration length;
  private final @Nullable Path truth;
  private final EpochClock clock;
  private final BooleanSupplier stopRequested;
  private final SiteSimulator site;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean cutShort;
  private volatile long readings;
  private volatile long simulatedMillis;

  /**
   * @param truth file for the true energy of each job, written at the end, or null
   * @param stopRequested true when the user wants it to end
   */
  public PastSite(
      SimulationOptions options,
      Duration length,
      @Nullable Path truth,
      EpochClock clock,
      BooleanSupplier stopRequested) {
    this.options = options;
    this.length = length;
    this.truth = truth;
    this.clock = clock;
    this.stopRequested = stopRequested;
    this.site = new SiteSimulator(options, clock.epochMillis() - length.toMillis());
  }

  @Override
  public void announce(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "simulating the last %s of site '%s' of %s with 8 GPUs each (seed %d)%n",
        Quantities.duration(length.toMillis()),
        ShownText.of(options.site()),
        Quantities.count(options.nodes(), "node"),
        options.seed());
    out.println("  " + SupplyFeed.description());
  }

  @Override
  public void start(Components components, KafkaPublisher publisher) {
    Thread thread =
        Thread.ofPlatform()
            .name("past")
            .start(() -> {
              try {
                publish(publisher, publisher, () -> {});
              } catch (RuntimeException e) {
                failure.set(e);
              } finally {
                done.countDown();
              }
            });
    components.add(
        "simulation of the past",
        () -> {
          ended.set(true);
          thread.join();
        });
  }

  /**
   * Publishes all of it on the calling thread, up to the time when it is called.
   *
   * @param grid takes the supply of this time
   * @param step is run after each simulated second
   */
  public void publish(Publisher publisher, GridPublisher grid, Runnable step) {
    Publisher towards = options.towards(publisher);
    long start = site.startEpochMillis();
    long end = clock.epochMillis();
    new SupplyFeed(options, grid, start).extendTo(end);
    for (long now = start; now < end; now += STEP_MILLIS) {
      if (ended.get() || stopRequested.getAsBoolean()) {
        cutShort = true;
        break;
      }
      site.advanceTo(Math.min(end, now + STEP_MILLIS), towards);
      readings = site.readings();
      simulatedMillis = now + STEP_MILLIS - start;
      step.run();
    }
    site.finish(towards);
    towards.flush();
    readings = site.readings();
  }

  /** How much of the time has been simulated, 0 to 1. */
  public double progress() {
    return Math.min(1, (double) simulatedMillis / length.toMillis());
  }

  @Override
  public long readings() {
    return readings;
  }

  @Override
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public boolean isDone() {
    return done.getCount() == 0;
  }

  @Override
  public boolean wasCutShort() {
    return cutShort;
  }

  @Override
  public void finish(PrintStream out) throws IOException, InterruptedException {
    ended.set(true);
    done.await();
    report(out);
  }

  /** Jobs that were left running, for the user, and the file of true energies. */
  public void report(PrintStream out) throws IOException {
    LeftRunning.print(site.jobsRunning(), out);
    if (truth != null) {
      site.writeTruth(truth);
      out.println("the true energy of the simulated jobs is in " + truth);
    }
  }
}
