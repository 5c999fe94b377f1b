// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWork;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A job with all that is known of it: the document's {@code JobDetail}. */
record JobDetailView(
    JobView job,
    Map<String, String> labels,
    @Nullable Work work,
    long peakMilliwatts,
    String endedBy,
    List<PlacementView> placements,
    List<NodeNow> nodesNow,
    @Nullable List<Advice> advice,
    Map<String, Long> share) {
  private static final double MILLI = 1e3;

  /** Work that it reported. */
  record Work(double amount, String unit, @Nullable Double perJoule) {}

  /** A node that it has now. */
  record NodeNow(String node, long milliwatts, double gpus, @Nullable Double busyRatio) {}

  /** What would have saved energy. */
  record Advice(String text, @Nullable Long savingMillijoules) {}

  /** The work of a job; null if it reported none. */
  static @Nullable Work work(KnownJob job) {
    JobSummary summary = job.summary();
    if (summary == null || summary.work().amount() <= 0) {
      return null;
    }
    JobWork work = summary.work();
    return new Work(
        work.amount(),
        work.unit(),
        job.millijoules() > 0 ? Double.valueOf(work.amount() / (job.millijoules() / MILLI)) : null);
  }

  /** Energy by what measured it: meters of whole nodes, or the devices one by one. */
  static SortedMap<String, Long> share(KnownJob job) {
    long wholeNode = job.totals().get(JobAmount.WHOLE_NODE_MILLIJOULES);
    SortedMap<String, Long> share = new TreeMap<>();
    share.put("nodeMeterMillijoules", wholeNode);
    share.put("devicesMillijoules", job.millijoules() - wholeNode);
    return share;
  }
}
