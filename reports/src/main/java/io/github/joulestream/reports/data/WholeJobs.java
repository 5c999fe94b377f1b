// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whole jobs by number, their fragments added up: columns instead of an object a job. */
final class WholeJobs {
  private static final JobAmount[] AMOUNTS = JobAmount.values();
  private static final List<JobState> STATES = List.of(JobState.values());

  private final List<@Nullable JobDetails> details = new ArrayList<>();
  private final Map<JobDetails, JobDetails> sameDetails = new HashMap<>();
  private final Map<Map<String, String>, Map<String, String>> sameLabels = new HashMap<>();
  private final Map<String, String> sameTexts = new HashMap<>();
  private final List<@Nullable String> units = new ArrayList<>();
  private final LongColumn[] totals = new LongColumn[AMOUNTS.length];
  private final LongColumn state = new LongColumn();
  private final LongColumn anchor = new LongColumn();
  private final LongColumn start = new LongColumn();
  private final LongColumn end = new LongColumn();
  private final LongColumn last = new LongColumn();
  private final LongColumn peak = new LongColumn();
  private final LongColumn work = new LongColumn();
  private final LongColumn fragment = new LongColumn();
  private final LongColumn nodes = new LongColumn();

  WholeJobs() {
    for (int i = 0; i < totals.length; i++) {
      totals[i] = new LongColumn();
    }
  }

  /** Adds a job, or a fragment of it. */
  void add(int job, JobSummary summary) {
    JobSummary known = get(job, summary.site(), summary.job());
    if (known == null) {
      set(job, summary);
      return;
    }
    boolean isLater = summary.fragmentEpochMillis() > known.fragmentEpochMillis();
    JobSummary first = isLater ? known : summary;
    JobSummary second = isLater ? summary : known;
    set(
        job,
        new JobSummary(
            summary.site(),
            summary.job(),
            first.details().updatedWith(second.details()),
            second.state(),
            new JobTimes(
                Math.min(first.times().anchorEpochMillis(), second.times().anchorEpochMillis()),
                Math.min(first.times().startEpochMillis(), second.times().startEpochMillis()),
                second.times().endEpochMillis(),
                Math.max(first.times().lastEpochMillis(), second.times().lastEpochMillis())),
            Math.max(first.peakMilliwatts(), second.peakMilliwatts()),
            first.work().updatedWith(second.work()),
            Totals.ofJob().addAll(first.totals()).addAll(second.totals()),
            second.fragmentEpochMillis(),
            Math.max(first.nodes(), second.nodes())));
  }

  private void set(int job, JobSummary summary) {
    while (details.size() <= job) {
      details.add(null);
      units.add(null);
    }
    details.set(job, same(summary.details()));
    units.set(job, same(summary.work().unit()));
    state.set(job, STATES.indexOf(summary.state()));
    anchor.set(job, summary.times().anchorEpochMillis());
    start.set(job, summary.times().startEpochMillis());
    end.set(job, summary.times().endEpochMillis());
    last.set(job, summary.times().lastEpochMillis());
    peak.set(job, summary.peakMilliwatts());
    work.set(job, Double.doubleToLongBits(summary.work().amount()));
    fragment.set(job, summary.fragmentEpochMillis());
    nodes.set(job, summary.nodes());
    for (int i = 0; i < totals.length; i++) {
      totals[i].set(job, summary.totals().get(i));
    }
  }

  /** Equal details, and equal texts of them, as one object. */
  JobDetails same(JobDetails given) {
    JobDetails known = sameDetails.get(given);
    if (known == null) {
      known =
          new JobDetails(
              same(given.user()),
              same(given.project()),
              same(given.name()),
              same(given.partition()),
              sameLabels.computeIfAbsent(given.labels(), labels -> labels));
      sameDetails.put(known, known);
    }
    return known;
  }

  private String same(String text) {
    return sameTexts.computeIfAbsent(text, t -> t);
  }

  /** Details of a job; null if the store has no summary of it. */
  @Nullable JobDetails details(int job) {
    return job < details.size() ? details.get(job) : null;
  }

  /** A job; null if the store has no summary of it. */
  @Nullable JobSummary get(int job, String site, String name) {
    JobDetails known = details(job);
    if (known == null) {
      return null;
    }
    Totals<JobAmount> whole = Totals.ofJob();
    for (int i = 0; i < totals.length; i++) {
      whole.set(i, totals[i].get(job));
    }
    String unit = units.get(job);
    return new JobSummary(
        site,
        name,
        known,
        STATES.get((int) state.get(job)),
        new JobTimes(anchor.get(job), start.get(job), end.get(job), last.get(job)),
        peak.get(job),
        new JobWork(Double.longBitsToDouble(work.get(job)), unit == null ? "" : unit),
        whole,
        fragment.get(job),
        (int) nodes.get(job));
  }

  /** When a job started, Unix epoch, ms; or the other time, if the store has no summary of it. */
  long start(int job, long otherwise) {
    return details(job) == null ? otherwise : start.get(job);
  }

  /** Nothing more is added: what was needed for that is given free. */
  void close() {
    sameDetails.clear();
    sameLabels.clear();
    sameTexts.clear();
  }
}
