// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SimulationRunner;
import io.github.joulestream.producers.simulate.SupplyFeed;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site that is simulated in real time. */
final class LiveSite implements Workload {
  private final SimulationOptions options;
  private final @Nullable Path truth;
  private final EpochClock clock;
  private @Nullable SimulationRunner runner;

  /**
   * @param truth file for the true energy of each job, written at the end, or null
   */
  LiveSite(SimulationOptions options, @Nullable Path truth, EpochClock clock) {
    this.options = options;
    this.truth = truth;
    this.clock = clock;
  }

  @Override
  public void announce(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "simulating site '%s' of %s with 8 GPUs each (seed %d)%n",
        ShownText.of(options.site()),
        Quantities.count(options.nodes(), "node"),
        options.seed());
    out.println("  " + SupplyFeed.description());
  }

  @Override
  public void start(Components components, KafkaPublisher publisher) {
    runner =
        components.add("simulation", SimulationRunner.start(options, publisher, publisher, clock));
  }

  private SimulationRunner started() {
    return requireNonNull(runner, "not started");
  }

  @Override
  public long readings() {
    return started().readings();
  }

  @Override
  public Optional<Throwable> failure() {
    return started().failure();
  }

  @Override
  public Health health() {
    return started().health();
  }

  @Override
  public boolean isDone() {
    return true;
  }

  @Override
  public boolean wasCutShort() {
    return false;
  }

  @Override
  public void finish(PrintStream out) throws IOException {
    SimulationRunner simulation = started();
    simulation.finish();
    LeftRunning.print(simulation.jobsRunning(), out);
    if (truth != null) {
      simulation.writeTruth(truth);
      out.println("the true energy of the simulated jobs is in " + truth);
    }
  }
}
