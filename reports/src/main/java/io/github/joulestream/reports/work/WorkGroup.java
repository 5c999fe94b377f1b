// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.energy.grid.ExactSum;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Jobs that have something in common and whose work is of one unit; added up, never the mean of
 * their ratios.
 *
 * @param key what they have in common
 * @param unit of their work; empty: they reported none
 * @param jobs in the order of site and id
 * @param ofJobs jobs with this key, of any unit and without work
 */
public record WorkGroup(WorkKey key, String unit, List<EndedJob> jobs, int ofJobs) {
  private static final double MILLIS_PER_SECOND = 1e3;

  public WorkGroup {
    jobs = jobs.stream().sorted(EndedJob.BY_ID).toList();
  }

  /** Jobs whose work per joule is a figure. */
  public List<EndedJob> counted() {
    return jobs.stream().filter(EndedJob::countsForWork).toList();
  }

  /** Energy of all jobs, mJ. */
  public ExactSum energy() {
    return sum(jobs, EndedJob::millijoules);
  }

  /** Something of all jobs. */
  ExactSum sum(ToLongFunction<EndedJob> of) {
    return sum(jobs, of);
  }

  private static ExactSum sum(List<EndedJob> jobs, ToLongFunction<EndedJob> of) {
    ExactSum sum = new ExactSum();
    jobs.forEach(job -> sum.add(of.applyAsLong(job)));
    return sum;
  }

  /** Work of the counted jobs over their energy, units a joule; empty if there are none. */
  public OptionalDouble workPerJoule() {
    return perJoule(counted());
  }

  /** Work over energy of jobs of one unit. */
  static OptionalDouble perJoule(List<EndedJob> jobs) {
    double joules = sum(jobs, EndedJob::millijoules).doubleValue() / MILLIS_PER_SECOND;
    return joules > 0
        ? OptionalDouble.of(jobs.stream().mapToDouble(EndedJob::work).sum() / joules)
        : OptionalDouble.empty();
  }

  /** Work over energy of each counted job, units a joule. */
  public double[] eachPerJoule() {
    return counted().stream().mapToDouble(EndedJob::workPerJoule).toArray();
  }

  /** Work a second of one GPU; of the counted jobs whose number of GPUs is known. */
  public OptionalDouble throughputPerGpu() {
    List<EndedJob> known = counted().stream().filter(job -> job.gpuMillis() > 0).toList();
    double seconds = known.stream().mapToDouble(EndedJob::gpuMillis).sum() / MILLIS_PER_SECOND;
    return seconds > 0
        ? OptionalDouble.of(known.stream().mapToDouble(EndedJob::work).sum() / seconds)
        : OptionalDouble.empty();
  }

  /** Energy of all devices of the jobs over their GPU time, W; of jobs with known GPUs. */
  public OptionalDouble wattsPerGpu() {
    List<EndedJob> known = jobs.stream().filter(job -> job.gpuMillis() > 0).toList();
    double millis = known.stream().mapToDouble(EndedJob::gpuMillis).sum();
    // mJ / ms = W
    return millis > 0
        ? OptionalDouble.of(sum(known, EndedJob::millijoules).doubleValue() / millis)
        : OptionalDouble.empty();
  }

  /** The label that all jobs have; empty if they differ or have none. */
  public String label(String name) {
    Set<String> values = jobs.stream().map(job -> job.label(name)).collect(Collectors.toSet());
    return values.size() == 1 ? values.iterator().next() : "";
  }

  /** Billions of parameters by a label that all jobs have. */
  public Optional<BigDecimal> billions(String label) {
    return ModelSize.billions(label(label));
  }
}
