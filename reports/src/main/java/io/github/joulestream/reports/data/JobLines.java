// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.history.UsageRow;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What each job used in a period: a line for a job and whoever its energy was accounted to, in
 * columns, so that a million of them need about half a GiB.
 */
@SuppressWarnings("EnumOrdinal") // a position in the array of columns
final class JobLines {
  private static final JobAmount[] AMOUNTS = JobAmount.values();
  private static final int NONE = -1;

  private final ReportRequest request;
  private final JobIndex index = new JobIndex();
  private final WholeJobs whole = new WholeJobs();
  // by job: its last line, plus 1
  private final LongColumn lastLines = new LongColumn();
  // by line
  private final LongColumn jobs = new LongColumn();
  // the line before of the same job, plus 1
  private final LongColumn linesBefore = new LongColumn();
  private final List<JobDetails> details = new ArrayList<>();
  private final LongColumn firstSteps = new LongColumn();
  private final LongColumn[] sums = new LongColumn[AMOUNTS.length];
  private final ChargeColumns charges = new ChargeColumns();
  private final ChargeColumns heldIdle = new ChargeColumns();
  private int underWay;

  /** No job yet; those that the request is not of are left out. */
  JobLines(ReportRequest request) {
    this.request = request;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new LongColumn();
    }
  }

  /** Adds a whole job; before any row of it. */
  void add(JobSummary summary) {
    JobDetails of = summary.details();
    if (isOneOf(request.users(), of.user()) && isOneOf(request.projects(), of.project())) {
      whole.add(index.of(summary.site(), summary.job()), summary);
    }
  }

  private static boolean isOneOf(Set<String> wanted, String name) {
    return wanted.isEmpty() || wanted.contains(name);
  }

  /** All whole jobs were added. */
  void endOfWholeJobs() {
    for (int job = 0; job < index.size(); job++) {
      JobDetails known = whole.details(job);
      if (known != null && isWanted(known.labels())) {
        underWay++;
      }
    }
  }

  /** Adds a step of a job; false if the job is left out. */
  boolean add(UsageRow row, StepFactors factors) {
    int job = index.of(row.site(), row.job());
    JobDetails known = whole.details(job);
    if (!isWanted(known == null ? row.labels() : known.labels())) {
      return false;
    }
    int line = line(job, known, row);
    Totals<JobAmount> totals = row.totals();
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(line, totals.get(i));
    }
    charges.add(line, totals.get(JobAmount.TOTAL_MILLIJOULES), factors);
    heldIdle.add(line, totals.get(JobAmount.HELD_IDLE_MILLIJOULES), factors);
    firstSteps.set(line, Math.min(firstSteps.get(line), row.stepStart()));
    return true;
  }

  private boolean isWanted(Map<String, String> labels) {
    return labels.entrySet().containsAll(request.labels().entrySet());
  }

  private int line(int job, @Nullable JobDetails known, UsageRow row) {
    int line = (int) lastLines.get(job) - 1;
    while (line != NONE) {
      JobDetails of = details.get(line);
      if (of.user().equals(row.user()) && of.project().equals(row.project())) {
        return line;
      }
      line = (int) linesBefore.get(line) - 1;
    }
    int added = details.size();
    details.add(
        whole.same(
            known == null
                ? new JobDetails(
                    row.user(), row.project(), row.name(), row.partition(), row.labels())
                : new JobDetails(
                    row.user(), row.project(), known.name(), known.partition(), known.labels())));
    if (known == null && lastLines.get(job) == 0) {
      underWay++;
    }
    jobs.set(added, job);
    linesBefore.set(added, lastLines.get(job));
    lastLines.set(job, added + 1L);
    firstSteps.set(added, row.stepStart());
    return added;
  }

  /** Nothing more is added. */
  void close() {
    whole.close();
  }

  /** Jobs with energy in the period, or under way in it. */
  long jobCount() {
    return underWay;
  }

  int size() {
    return details.size();
  }

  JobDetails details(int line) {
    return details.get(line);
  }

  String site(int line) {
    return index.site(number(line));
  }

  String job(int line) {
    return index.job(number(line));
  }

  private int number(int line) {
    return (int) jobs.get(line);
  }

  /** Adds a line to a use. */
  void addTo(Use use, int line) {
    for (int i = 0; i < sums.length; i++) {
      use.add(AMOUNTS[i], sums[i].get(line));
    }
    charges.addTo(use.charges(), line, sums[JobAmount.TOTAL_MILLIJOULES.ordinal()].get(line));
    heldIdle.addTo(use.heldIdle(), line, sums[JobAmount.HELD_IDLE_MILLIJOULES.ordinal()].get(line));
  }

  /** All lines by site, start and id, each made when it is asked for. */
  List<JobUse> list() {
    int[] order =
        IntStream.range(0, size())
            .boxed()
            .sorted(
                Comparator.<Integer, String>comparing(this::site)
                    .thenComparingLong(line -> whole.start(number(line), firstSteps.get(line)))
                    .thenComparing(this::job)
                    .thenComparing(line -> details.get(line).user())
                    .thenComparing(line -> details.get(line).project()))
            .mapToInt(Integer::intValue)
            .toArray();
    return new JobList(order);
  }

  private final class JobList extends AbstractList<JobUse> implements RandomAccess {
    private final int[] order;

    JobList(int[] order) {
      this.order = order;
    }

    @Override
    public JobUse get(int position) {
      int line = order[position];
      int job = number(line);
      JobDetails of = details.get(line);
      Use use = new Use();
      addTo(use, line);
      return new JobUse(
          index.site(job),
          index.job(job),
          of.user(),
          of.project(),
          of.name(),
          of.partition(),
          of.labels(),
          use,
          whole.get(job, index.site(job), index.job(job)));
    }

    @Override
    public int size() {
      return order.length;
    }
  }
}
