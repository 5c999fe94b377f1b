// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * How traces are to be read.
 *
 * @param site name of the site that they become; null: the name of their folder
 * @param utcOffset of local times that carry none
 */
public record ReplayOptions(
    @Nullable String site, @Nullable ZoneOffset utcOffset, MlperfEdges mlperfEdges) {
  public static final ReplayOptions DEFAULT = new ReplayOptions(null, null, MlperfEdges.LOG_ENDS);
}
