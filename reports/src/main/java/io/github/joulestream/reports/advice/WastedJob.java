// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.reports.work.Said;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A job that wasted energy: the larger one of what its idle GPUs used, and of what it used more
 * than the best quarter of its peers for the same work. Both are not added up, since an idle GPU is
 * one reason of less work per joule.
 *
 * @param millijoules that it wasted in the period
 * @param cost of that; NaN if not known
 * @param advice one sentence
 */
public record WastedJob(JobFigures job, double millijoules, double cost, String advice) {

  /** The jobs that wasted most, the largest waste first. */
  public static List<WastedJob> most(
      List<JobFigures> jobs, OwnQuartile quartile, JobSteps steps, Advisor advisor, int most) {
    List<JobFigures> sorted = new ArrayList<>(jobs);
    sorted.removeIf(job -> waste(job, quartile) <= 0);
    sorted.sort(
        Comparator.comparingDouble((JobFigures job) -> waste(job, quartile))
            .reversed()
            .thenComparing(JobFigures::key));
    return sorted.stream()
        .limit(most)
        .map(job -> of(job, quartile.saving(job), steps, advisor))
        .toList();
  }

  private static double waste(JobFigures job, OwnQuartile quartile) {
    return Math.max(job.heldIdleMillijoules(), quartile.saving(job));
  }

  private static WastedJob of(JobFigures job, double toQuartile, JobSteps steps, Advisor advisor) {
    return job.heldIdleMillijoules() >= toQuartile
        ? new WastedJob(
            job,
            job.heldIdleMillijoules(),
            job.heldIdleMillijoules() * job.idleCost(),
            ofIdle(job, steps))
        : new WastedJob(job, toQuartile, toQuartile * job.cost(), ofWork(job, toQuartile, advisor));
  }

  private static String ofIdle(JobFigures job, JobSteps steps) {
    IdleTime idle = steps.idle(job);
    if (idle != null && 2.0 * idle.millijoules() >= job.heldIdleMillijoules()) {
      return "Used none of its GPUs for %s, at most %s without a break: give them back meanwhile."
          .formatted(Words.time((double) idle.millis()), Words.time((double) idle.longestMillis()));
    }
    return "GPUs were idle while others worked, for %s of the GPU energy: ask for fewer GPUs."
        .formatted(Said.percent(job.heldIdleMillijoules() / job.gpuMillijoules()));
  }

  private static String ofWork(JobFigures job, double toQuartile, Advisor advisor) {
    String did =
        "Did %s %s/J, the best quarter of its peers at least %s: "
            .formatted(
                Said.number(job.workPerJoule()),
                job.unit(),
                Said.number(job.workPerJoule() / (1 - toQuartile / job.millijoules())));
    Optional<Settings.Finding> setting = advisor.setting(job.jobClass());
    return did
        + setting
            .filter(finding -> finding.savers().stream().anyMatch(s -> s.job() == job))
            .map(finding -> "try %s %s.".formatted(finding.label(), finding.best()))
            .orElse("compare its batch size, precision and number of GPUs with theirs.");
  }
}
