// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.replay.MlperfEdges;
import io.github.joulestream.producers.replay.ReplayOptions;
import io.github.joulestream.runtime.UserError;
import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      description = "Offset of local times in the traces; logs of nvidia-smi need it.")
  @Nullable String utcOffset;

  @Option(
      names = "--mlperf-edges",
      paramLabel = "measured|held|mlcommons",
      defaultValue = "measured",
      description = {
        "MLPerf Training: energy between start and stop of a run; measured: within the readings of each"
            + " log; held: with the first and last value of each log held up to start and stop;"
            + " mlcommons: measured, and also by MLCommons' formula (default: ${DEFAULT-VALUE})."
      })
  String mlperfEdges = "measured";

  @Option(
      names = "--model",
      paramLabel = "[FOLDER=]NAME",
      description =
          "Model of the GPUs in nvidia-smi logs that do not name it; with FOLDER= only of the logs in"
              + " that folder of the traces. May be given several times.")
  List<String> models = List.of();

  ReplayOptions options() {
    MlperfEdges edges =
        MlperfEdges.of(mlperfEdges)
            .orElseThrow(() ->
                UserError.usage(
                    "--mlperf-edges is measured, held or mlcommons, not '%s'%s"
                        .formatted(
                            mlperfEdges,
                            mlperfEdges.equals("log-ends") ? "; that is now called held" : "")));
    return new ReplayOptions(site, offset(), edges, models());
  }

  private Map<String, String> models() {
    Map<String, String> byFolder = new HashMap<>();
    for (String model : models) {
      int equals = model.indexOf('=');
      String folder = equals < 0 ? "" : model.substring(0, equals).strip().replaceAll("/+$", "");
      String name = model.substring(equals + 1).strip();
      if (name.isEmpty()) {
        throw UserError.usage("--model is NAME or FOLDER=NAME, not '%s'".formatted(model));
      }
      if (byFolder.putIfAbsent(folder, name) != null) {
        throw UserError.usage(
            "--model is given twice for the GPUs in %s"
                .formatted(folder.isEmpty() ? "the traces" : folder));
      }
    }
    return byFolder;
  }

  private @Nullable ZoneOffset offset() {
    if (utcOffset == null) {
      return null;
    }
    try {
      return ZoneOffset.of(utcOffset);
    } catch (DateTimeException e) {
      throw UserError.usage(
          "--utc-offset is an offset such as +01:00, -07:00 or Z, not '%s'".formatted(utcOffset),
          e);
    }
  }
}
