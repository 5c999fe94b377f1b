// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.schemas.JobSummary;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A job now.
 *
 * @param job its id, unique in its site
 * @param summary its totals so far, with all fragments added up; null before the first is known
 * @param milliwatts its power now; 0 if it holds nothing
 * @param gpuBasisPoints GPUs that it holds, 10,000 is a whole GPU
 * @param gpuBusyBasisPoints of these the busy ones
 * @param nodes positions of its nodes in the {@link NodeTable}, rising
 * @param nodesVersion version of the table that the positions are in
 * @param recentMilliwatts power in windows of 10 s of the last ten minutes, mW, the oldest first;
 *     -1 where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // made anew for its reader, compared nowhere
public record LiveJob(
    String job,
    @Nullable JobSummary summary,
    long milliwatts,
    long gpuBasisPoints,
    long gpuBusyBasisPoints,
    int[] nodes,
    long nodesVersion,
    long[] recentMilliwatts) {
  /** The largest power first, those that are over last; then by id. */
  public static final Comparator<LiveJob> BY_POWER =
      Comparator.comparingLong(LiveJob::power).reversed().thenComparing(LiveJob::job);

  /** Power now, mW; -1 if it is over. */
  private long power() {
    return isOver() ? -1 : milliwatts;
  }

  /** Whether it has ended and holds nothing any more. */
  public boolean isOver() {
    return milliwatts == 0
        && gpuBasisPoints == 0
        && summary != null
        && (summary.state().ended() || summary.times().hasEnded());
  }
}
