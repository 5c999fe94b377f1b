// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.simulate.FaultRates;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a simulated site is like. */
final class SimulationMixin {
  @Option(
      names = "--seed",
      defaultValue = "1",
      description =
          "Seed of the simulation: equal seeds make equal sites (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--past",
      paramLabel = "DURATION",
      description = "Simulate the time up to now, as fast as it goes, and end.")
  @Nullable Duration past;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "So many jobs of at least two minutes; 0 for as many as fit (default: ${DEFAULT-VALUE}).")
  int jobs;

  @Option(
      names = "--faults",
      arity = "0..1",
      paramLabel = "NAME=RATE,...",
      fallbackValue = "",
      description =
          "Let go wrong what does: duplicates, reordered, lost, outages, resets, wraps, sentinels,"
              + " spikes, stuck, skew, late, missing, mig; all at the rates of a bad day where none"
              + " is given.")
  @Nullable String faults;

  SimulationOptions options(String site, int nodes) {
    if (jobs < 0) {
      throw new UserError("--jobs must be at least 0");
    }
    try {
      return new SimulationOptions(
          site, nodes, seed, jobs, faults == null ? FaultRates.NONE : FaultRates.parse(faults));
    } catch (IllegalArgumentException e) {
      throw new UserError("--faults: " + e.getMessage(), e);
    }
  }
}
