// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Limits of attribution: when energy counts as measured, and how late a reading may be. */
final class LimitsOptions {
  @Option(
      names = "--gap",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = {
        "Readings no further apart than this make measured energy (default: ${DEFAULT-VALUE}).",
        "This and the next four must be the same on all instances; a change takes effect at a restart,"
            + " for readings from then on."
      })
  Duration gap = Duration.ofMillis(Limits.DEFAULT.gapMillis());

  @Option(
      names = "--long-gap",
      paramLabel = "DURATION",
      defaultValue = "5m",
      description =
          "Readings no further apart than this make estimated energy; beyond, the time is uncovered;"
              + " at most 400s (default: ${DEFAULT-VALUE}).")
  Duration longGap = Duration.ofMillis(Limits.DEFAULT.longGapMillis());

  @Option(
      names = "--future",
      paramLabel = "DURATION",
      defaultValue = "5m",
      description =
          "A reading further ahead of its arrival than this is refused (default: ${DEFAULT-VALUE}).")
  Duration future = Duration.ofMillis(Limits.DEFAULT.futureMillis());

  @Option(
      names = "--horizon",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description =
          "Late readings and allocations correct energy up to this long after; so much of each"
              + " node's readings is kept (default: ${DEFAULT-VALUE}).")
  Duration horizon = Duration.ofMillis(Limits.DEFAULT.horizonMillis());

  @Option(
      names = "--hold",
      paramLabel = "DURATION",
      defaultValue = "31d",
      description =
          "An allocation that is neither released nor repeated nor taken over expires after this"
              + " (default: ${DEFAULT-VALUE}).")
  Duration hold = Duration.ofMillis(Limits.DEFAULT.holdMillis());

  /**
   * The limits.
   *
   * @throws UserError if one is out of its range
   */
  Limits read() {
    try {
      return new Limits(
          Limits.DEFAULT.windowMillis(),
          gap.toMillis(),
          longGap.toMillis(),
          future.toMillis(),
          horizon.toMillis(),
          hold.toMillis());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--gap, --long-gap, --future, --horizon or --hold: " + e.getMessage());
    }
  }
}
