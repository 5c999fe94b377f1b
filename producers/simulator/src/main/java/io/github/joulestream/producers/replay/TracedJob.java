// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job by its files: its record at its end, and where it ran.
 *
 * @param figures further figures in its files, or null
 */
record TracedJob(
    JobRecord ended, List<String> nodes, List<DeviceShare> gpus, @Nullable Figures figures) {

  /** On nodes that are not named yet. */
  TracedJob(JobRecord ended, List<DeviceShare> gpus, @Nullable Figures figures) {
    this(ended, List.of(), gpus, figures);
  }

  TracedJob on(List<String> newNodes) {
    return new TracedJob(ended, newNodes, gpus, figures);
  }

  TracedJob as(JobRecord job) {
    return new TracedJob(job, nodes, gpus, figures);
  }
}
