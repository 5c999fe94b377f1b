// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How traces are to be read.
 *
 * @param site name of the site that they become; null: the name of their folder
 * @param utcOffset of local times that carry none
 * @param mlperfEdges how power at the edges of MLPerf Training runs is taken
 * @param models of the GPUs in logs that do not name them, by the folder of the log relative to
 *     that of the traces; that of the empty name holds for all others
 */
public record ReplayOptions(
    @Nullable String site,
    @Nullable ZoneOffset utcOffset,
    MlperfEdges mlperfEdges,
    Map<String, String> models) {
  public static final ReplayOptions DEFAULT =
      new ReplayOptions(null, null, MlperfEdges.MEASURED, Map.of());

  public ReplayOptions {
    models = Map.copyOf(models);
  }

  /** The model given for logs in that folder; empty if none is. */
  String modelIn(String folder) {
    return models.getOrDefault(folder, models.getOrDefault("", ""));
  }
}
