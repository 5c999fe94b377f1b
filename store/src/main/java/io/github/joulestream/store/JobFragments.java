// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the fragments of jobs. */
public final class JobFragments {
  private JobFragments() {}

  /**
   * One summary for each job: totals added up, the rest from the fragment that the scheduler
   * reported last.
   */
  public static List<JobSummary> together(List<JobSummary> fragments) {
    Map<List<String>, JobSummary> jobs = new LinkedHashMap<>();
    for (JobSummary fragment : fragments) {
      jobs.merge(List.of(fragment.site(), fragment.job()), fragment, JobFragments::sum);
    }
    return new ArrayList<>(jobs.values());
  }

  private static JobSummary sum(JobSummary a, JobSummary b) {
    boolean aKnows = a.state() != JobState.UNKNOWN;
    boolean bKnows = b.state() != JobState.UNKNOWN;
    boolean bLater = b.fragmentEpochMillis() > a.fragmentEpochMillis();
    JobSummary known = aKnows == bKnows ? (bLater ? b : a) : bKnows ? b : a;
    JobSummary first = bLater ? a : b;
    JobTimes times = known.times();
    boolean isUnknown = known.state() == JobState.UNKNOWN;
    return new JobSummary(
        known.site(),
        known.job(),
        known.details(),
        known.state(),
        new JobTimes(
            first.times().anchorEpochMillis(),
            isUnknown
                ? Math.min(a.times().startEpochMillis(), b.times().startEpochMillis())
                : times.startEpochMillis(),
            isUnknown ? JobSpan.OPEN : times.endEpochMillis(),
            Math.max(a.times().lastEpochMillis(), b.times().lastEpochMillis())),
        Math.max(a.peakMilliwatts(), b.peakMilliwatts()),
        known.work(),
        a.totals().copy().addAll(b.totals()),
        first.fragmentEpochMillis(),
        Math.max(a.nodes(), b.nodes()));
  }
}
