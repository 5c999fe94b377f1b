// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.EnumMap;
import java.util.Map;

/**
 * A job's totals since its start, live or final.
 *
 * @param anchorEpochMillis the time under which a store keeps the summary; never changes once given
 * @param startEpochMillis the scheduler's start, else the start of the first window with energy
 * @param endEpochMillis the scheduler's end, or {@link JobRecord#OPEN}
 * @param lastEpochMillis end of the last window in which there is something of it
 * @param peakMilliwatts the highest mean power of any whole 10 s window
 * @param fragmentEpochMillis which part of the whole this is: a job of which something is heard
 *     again long after it was closed has several, and their totals add up; 0 in the first
 * @param nodes nodes that the scheduler gave to the job, 0 if it does not say
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
    Totals<JobAmount> totals,
    long fragmentEpochMillis,
    int nodes) {
  public JobSummary {
    labels = Map.copyOf(labels);
  }

  public JobSummary withState(JobState newState) {
    return new JobSummary(
        site,
        job,
        user,
        project,
        name,
        partition,
        labels,
        newState,
        anchorEpochMillis,
        startEpochMillis,
        endEpochMillis,
        lastEpochMillis,
        peakMilliwatts,
        work,
        workUnit,
        totals,
        fragmentEpochMillis,
        nodes);
  }

  /** With another highest mean power of a window. */
  public JobSummary withPeak(long newPeakMilliwatts) {
    return new JobSummary(
        site,
        job,
        user,
        project,
        name,
        partition,
        labels,
        state,
        anchorEpochMillis,
        startEpochMillis,
        endEpochMillis,
        lastEpochMillis,
        newPeakMilliwatts,
        work,
        workUnit,
        totals,
        fragmentEpochMillis,
        nodes);
  }

  /** Without its user, project, name and labels, for those who must not be known any more. */
  public JobSummary withoutNames() {
    return new JobSummary(
        site,
        job,
        "",
        "",
        "",
        partition,
        Map.of(),
        state,
        anchorEpochMillis,
        startEpochMillis,
        endEpochMillis,
        lastEpochMillis,
        peakMilliwatts,
        work,
        workUnit,
        totals,
        fragmentEpochMillis,
        nodes);
  }

  /** How it is known that a job is over. */
  public enum EndedBy {
    /** It is not. */
    NOBODY,
    /** The scheduler said so. */
    SCHEDULER,
    /** Its hooks gave everything back. */
    HOOK,
    /** On some node only the agent saw it end. */
    AGENT,
    /** On some node only the next job says that it must have ended. */
    TAKEN_OVER,
    /** On some node nothing was heard of it for too long. */
    LIMIT,
    /** The scheduler said so, but on some node it still holds what it was given. */
    STILL_HELD
  }

  /** How it is known that the job is over; of what its nodes say the weakest. */
  public EndedBy endedBy() {
    long over = 0;
    EndedBy weakest = EndedBy.HOOK;
    for (Map.Entry<JobAmount, EndedBy> end : ENDS.entrySet()) {
      long nodesOver = totals.get(end.getKey());
      over += nodesOver;
      if (nodesOver > 0 && end.getValue().compareTo(weakest) > 0) {
        weakest = end.getValue();
      }
    }
    if (weakest != EndedBy.HOOK && over >= totals.get(JobAmount.NODES_HELD)) {
      return weakest;
    }
    if (state.ended()) {
      return over < totals.get(JobAmount.NODES_HELD) ? EndedBy.STILL_HELD : EndedBy.SCHEDULER;
    }
    return over > 0 && over >= totals.get(JobAmount.NODES_HELD) ? EndedBy.HOOK : EndedBy.NOBODY;
  }

  private static final Map<JobAmount, EndedBy> ENDS =
      new EnumMap<>(
          Map.of(
              JobAmount.NODES_RELEASED, EndedBy.HOOK,
              JobAmount.NODES_ENDED_BY_AGENT, EndedBy.AGENT,
              JobAmount.NODES_TAKEN_OVER, EndedBy.TAKEN_OVER,
              JobAmount.NODES_EXPIRED, EndedBy.LIMIT));
}
