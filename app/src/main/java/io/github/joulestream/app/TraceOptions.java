// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.replay.MlperfEdges;
import io.github.joulestream.producers.replay.ReplayOptions;
import io.github.joulestream.runtime.UserError;
import java.time.DateTimeException;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How traces are read. */
final class TraceOptions {
  @Option(
      names = "--site",
      paramLabel = "NAME",
      description = "Site that the traces become (default: the name of their folder).")
  @Nullable String site;

  @Option(
      names = "--utc-offset",
      paramLabel = "+HH:MM",
      description = "Offset of local times in the traces; nvidia-smi's logs need it.")
  @Nullable String utcOffset;

  @Option(
      names = "--mlperf-edges",
      paramLabel = "log-ends|measured",
      defaultValue = "log-ends",
      description =
          "MLPerf Training: power at a job's start and end is that at the ends of its log (the"
              + " benchmark's convention), or what was measured (default: ${DEFAULT-VALUE}).")
  String mlperfEdges = "log-ends";

  ReplayOptions options() {
    return new ReplayOptions(
        site,
        offset(),
        switch (mlperfEdges) {
          case "log-ends" -> MlperfEdges.LOG_ENDS;
          case "measured" -> MlperfEdges.MEASURED;
          default ->
              throw new UserError(
                  "--mlperf-edges is log-ends or measured, not '%s'".formatted(mlperfEdges));
        });
  }

  private @Nullable ZoneOffset offset() {
    if (utcOffset == null) {
      return null;
    }
    try {
      return ZoneOffset.of(utcOffset);
    } catch (DateTimeException e) {
      throw new UserError(
          "--utc-offset is an offset such as +01:00, -07:00 or Z, not '%s'".formatted(utcOffset),
          e);
    }
  }
}
