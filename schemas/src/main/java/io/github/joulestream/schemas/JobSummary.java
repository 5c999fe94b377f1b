// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.util.EnumMap;
import java.util.Map;

/**
 * A job's totals since its start, live or final.
 *
 * @param peakMilliwatts the highest mean power of any complete window of 10 s
 * @param fragmentEpochMillis which fragment of the job this is: a job that is reported again long
 *     after it was closed has several, and their totals add up; 0 in the first
 * @param nodes nodes that the scheduler gave to the job, 0 if unknown
 */
public record JobSummary(
    String site,
    String job,
    JobDetails details,
    JobState state,
    JobTimes times,
    long peakMilliwatts,
    JobWork work,
    Totals<JobAmount> totals,
    long fragmentEpochMillis,
    int nodes) {

  public JobSummary withState(JobState newState) {
    return with(details, newState, times, peakMilliwatts);
  }

  /** The same with other times. */
  public JobSummary withTimes(JobTimes newTimes) {
    return with(details, state, newTimes, peakMilliwatts);
  }

  /** With another highest mean power of a window. */
  public JobSummary withPeak(long newPeakMilliwatts) {
    return with(details, state, times, newPeakMilliwatts);
  }

  /** Without its user, project, name and labels, for those who must not be known any more. */
  public JobSummary withoutNames() {
    return with(details.withoutNames(), state, times, peakMilliwatts);
  }

  private JobSummary with(
      JobDetails newDetails, JobState newState, JobTimes newTimes, long newPeakMilliwatts) {
    return new JobSummary(
        site,
        job,
        newDetails,
        newState,
        newTimes,
        newPeakMilliwatts,
        work,
        totals,
        fragmentEpochMillis,
        nodes);
  }

  /** How it is known that a job is over. */
  public enum EndedBy {
    /** It is not. */
    NOBODY,
    /** The scheduler reported it. */
    SCHEDULER,
    /** Its hooks gave everything back. */
    HOOK,
    /** On some node only the agent saw it end. */
    AGENT,
    /** On some node only the next job shows that it must have ended. */
    TAKEN_OVER,
    /** On some node no record of it arrived for too long. */
    LIMIT,
    /** The scheduler reported it, but on some node it still holds devices. */
    STILL_HELD
  }

  /** What ended the job: the weakest evidence of its nodes. */
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
