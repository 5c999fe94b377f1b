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
  static final int MAX_NODES = 100_000;
  private static final int MAX_JOBS = 10_000_000;
  private static final Duration MAX_PAST = Duration.ofDays(366);

  @Option(
      names = "--seed",
      defaultValue = "1",
      description =
          "Seed of the simulation: equal seeds make equal sites (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--past",
      paramLabel = "DURATION",
      description = "Simulate this time up to now, as fast as possible, and end.")
  @Nullable Duration past;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Number of jobs, of at least two minutes each, submitted within an hour; 0 for as many as fit"
              + " (default: ${DEFAULT-VALUE}).")
  int jobs;

  @Option(
      names = "--no-meters",
      description =
          "No meters of nodes and of the site: the power of a node is the sum of its GPUs, processors,"
              + " memory and drives. Without it three of four nodes and the site have a meter.")
  boolean noMeters;

  @Option(
      names = "--end-jobs",
      description = "At the end, cancel the jobs that still run; without it they are left running.")
  boolean endJobs;

  @Option(
      names = "--faults",
      arity = "0..1",
      paramLabel = "NAME=RATE,...",
      fallbackValue = "",
      description =
          "Inject faults: duplicates, reordered, lost, outages, resets, wraps, sentinels,"
              + " spikes, stuck, skew, late, missing, mig; without a list all of them,"
              + " at the rates of a bad day.")
  @Nullable String faults;

  /** Refuses more nodes than one process can simulate. */
  static void requireNodes(String option, int nodes) {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw UserError.usage("%s takes 1 to %,d nodes, not %,d".formatted(option, MAX_NODES, nodes));
    }
  }

  SimulationOptions options(String site, int nodes) {
    requireNodes("the site", nodes);
    Duration length = past;
    if (length != null && (!length.isPositive() || length.compareTo(MAX_PAST) > 0)) {
      throw UserError.usage("--past takes over 0 and up to 366d, not " + length);
    }
    if (jobs > MAX_JOBS) {
      throw UserError.usage("--jobs takes 0 to %,d, not %,d".formatted(MAX_JOBS, jobs));
    }
    if (jobs < 0) {
      throw UserError.usage("--jobs must be at least 0");
    }
    try {
      return new SimulationOptions(
              site, nodes, seed, jobs, faults == null ? FaultRates.NONE : FaultRates.parse(faults))
          .withMeters(!noMeters)
          .withEndsJobs(endJobs);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--faults: " + e.getMessage(), e);
    }
  }
}
