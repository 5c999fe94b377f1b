// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.Map;

/**
 * A job's totals since its start, live or final.
 *
 * @param anchorEpochMillis the time under which a store keeps the summary; never changes once given
 * @param startEpochMillis the scheduler's start, else the start of the first window with energy
 * @param endEpochMillis the scheduler's end, or {@link JobRecord#OPEN}
 * @param lastEpochMillis end of the last window with energy
 * @param peakMilliwatts the highest mean power of any whole 10 s window
 */
public record JobSummary(
    String site,
    String job,
    String user,
    String project,
    String name,
    String partition,
    Map<String, String> labels,
    JobState state,
    long anchorEpochMillis,
    long startEpochMillis,
    long endEpochMillis,
    long lastEpochMillis,
    long peakMilliwatts,
    double work,
    String workUnit,
    Totals<JobAmount> totals) {
  public JobSummary {
    labels = Map.copyOf(labels);
  }
}
