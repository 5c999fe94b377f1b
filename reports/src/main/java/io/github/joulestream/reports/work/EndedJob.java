// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job that is over, as a whole: work and energy from its start to its end, whatever part of it
 * was in the period. It has no more than that, so that a million of them need little.
 *
 * @param who whose it is
 * @param state how it ended
 * @param startMillis Unix epoch, ms; {@link JobSpan#UNKNOWN}
 * @param endMillis Unix epoch, ms
 * @param work in its unit
 * @param unit empty: it reported none
 * @param amounts of the whole job
 */
public record EndedJob(
    Who who,
    JobState state,
    long startMillis,
    long endMillis,
    double work,
    String unit,
    Amounts amounts) {
  /** Whose a job is. */
  public record Who(
      String site,
      String job,
      String user,
      String project,
      String partition,
      Map<String, String> labels) {}

  /** What was added up for it. */
  record Amounts(
      long millijoules,
      long heldIdleMillijoules,
      long gpuHeldMillis,
      long gpuBusyMillis,
      long coveredMillis,
      long uncoveredMillis) {
    static Amounts of(Totals<JobAmount> totals) {
      return new Amounts(
          totals.get(JobAmount.TOTAL_MILLIJOULES),
          totals.get(JobAmount.HELD_IDLE_MILLIJOULES),
          totals.get(JobAmount.GPU_HELD_MILLIS),
          totals.get(JobAmount.GPU_BUSY_MILLIS),
          totals.get(JobAmount.COVERED_MILLIS),
          totals.get(JobAmount.UNCOVERED_MILLIS));
    }
  }

  /** By site and id. */
  static final Comparator<EndedJob> BY_ID =
      Comparator.<EndedJob, String>comparing(job -> job.who.site).thenComparing(job -> job.who.job);

  /** Label of the model that a job trains or runs. */
  public static final String MODEL = "model";

  /** Label of its architecture: {@link #MOE} or {@link #DENSE}. */
  public static final String ARCH = "arch";

  /** A mixture of experts: only some of the parameters take part in each token. */
  public static final String MOE = "moe";

  /** All parameters take part in each token. */
  public static final String DENSE = "dense";

  /** Label: all parameters, as {@link ModelSize} reads it. */
  public static final String PARAMS_TOTAL = "params_total";

  /** Label: parameters that take part in one token. */
  public static final String PARAMS_ACTIVE = "params_active";

  /** Label: experts of a layer. */
  public static final String EXPERTS = "experts";

  /** Label: experts of a layer that take part in one token. */
  public static final String EXPERTS_ACTIVE = "experts_active";

  /** Label of the form of the numbers: {@code fp8}. */
  public static final String PRECISION = "precision";

  /** Label: {@code train} or {@code infer}. */
  public static final String PHASE = "phase";

  /** Label of the batch size. */
  public static final String BATCH = "batch";

  /** Label of the model of GPU. */
  public static final String GPU = "gpu";

  /** Label of the number of GPUs, for jobs on nodes whose GPUs are not read one by one. */
  public static final String GPUS = "gpus";

  /** Label of what the work is: jobs of different tasks are not compared. */
  public static final String TASK = "task";

  /**
   * Least ratio of time with known energy to all device time of a job whose work per joule counts:
   * energy that is missing would make it look better.
   */
  public static final double LEAST_COVERAGE = 0.95;

  private static final double MILLI = 1e3;

  /**
   * The job if it ended in a range of time.
   *
   * @param from Unix epoch, ms; inclusive
   * @param to Unix epoch, ms; exclusive
   * @return null if it ended at another time or is under way, or if the store has no summary of it
   */
  public static @Nullable EndedJob of(JobUse job, long from, long to) {
    JobSummary whole = job.whole();
    if (whole == null || whole.state() == JobState.RUNNING || !whole.times().hasEnded()) {
      return null;
    }
    long end = whole.times().endEpochMillis();
    return end >= from && end < to ? of(job, whole) : null;
  }

  static EndedJob of(JobUse job, JobSummary whole) {
    boolean hasWork = whole.work().amount() > 0;
    return new EndedJob(
        new Who(job.site(), job.job(), job.user(), job.project(), job.partition(), job.labels()),
        whole.state(),
        whole.times().startEpochMillis(),
        whole.times().endEpochMillis(),
        hasWork ? whole.work().amount() : 0,
        hasWork ? whole.work().unit().strip() : "",
        Amounts.of(whole.totals()));
  }

  /** Site and id. */
  public String key() {
    return who.site + "/" + who.job;
  }

  /** A label, stripped; empty if it has none. */
  public String label(String name) {
    return Objects.requireNonNullElse(who.labels.get(name), "").strip();
  }

  /** Energy of all its devices, mJ. */
  public long millijoules() {
    return amounts.millijoules;
  }

  /** Energy of GPUs that it held without using them, mJ. */
  public long heldIdleMillijoules() {
    return amounts.heldIdleMillijoules;
  }

  /** GPU time that it held, as far as GPUs are read one by one, ms. */
  public long gpuHeldMillis() {
    return amounts.gpuHeldMillis;
  }

  /** GPU time busy while it held them, ms. */
  public long gpuBusyMillis() {
    return amounts.gpuBusyMillis;
  }

  /** Energy of all its devices, J. */
  public double joules() {
    return millijoules() / MILLI;
  }

  /** Whether its start is known. */
  public boolean hasStart() {
    return startMillis != JobSpan.UNKNOWN;
  }

  /** From start to end, ms; 0 if its start is not known. */
  public long millis() {
    return hasStart() ? Math.max(0, endMillis - startMillis) : 0;
  }

  /** Share of its device time whose energy is known; 1 if there is no device time. */
  public double coverage() {
    double all = (double) amounts.coveredMillis + amounts.uncoveredMillis;
    return all > 0 ? amounts.coveredMillis / all : 1;
  }

  /** Whether its work over its energy is a figure: it has both, and the energy is whole. */
  public boolean countsForWork() {
    return !unit.isEmpty() && millijoules() > 0 && coverage() >= LEAST_COVERAGE;
  }

  /** Work over energy, units a joule. */
  public double workPerJoule() {
    return work / joules();
  }

  /**
   * GPU time, ms: as it was held, else the label {@link #GPUS} times its length; 0 if not known.
   */
  public double gpuMillis() {
    return amounts.gpuHeldMillis > 0 ? amounts.gpuHeldMillis : gpusByLabel() * millis();
  }

  private double gpusByLabel() {
    String text = label(GPUS);
    return text.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(text) : 0;
  }

  /** Whether the scheduler reported that it came to its regular end. */
  public boolean completed() {
    return state == JobState.COMPLETED;
  }
}
