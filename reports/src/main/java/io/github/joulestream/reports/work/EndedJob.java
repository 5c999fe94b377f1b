// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job that is over, as a whole: work and energy from its start to its end, whatever part of it
 * was in the period.
 *
 * @param use the job in the period
 * @param whole all of it
 */
public record EndedJob(JobUse use, JobSummary whole) {
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
    return end >= from && end < to ? new EndedJob(job, whole) : null;
  }

  /** Site and id. */
  public String key() {
    return use.site() + "/" + use.job();
  }

  /** A label, stripped; empty if it has none. */
  public String label(String name) {
    return Objects.requireNonNullElse(labels().get(name), "").strip();
  }

  private Map<String, String> labels() {
    return use.labels();
  }

  /** Energy of all its devices, mJ. */
  public long millijoules() {
    return whole.totals().get(JobAmount.TOTAL_MILLIJOULES);
  }

  /** Energy of all its devices, J. */
  public double joules() {
    return millijoules() / MILLI;
  }

  /** Unit of its work; empty if it reported none. */
  public String unit() {
    return whole.work().amount() > 0 ? whole.work().unit().strip() : "";
  }

  /** Its work, in its unit. */
  public double work() {
    return whole.work().amount();
  }

  /** From start to end, ms; 0 if its start is not known. */
  public long millis() {
    return whole.times().hasStart()
        ? Math.max(0, whole.times().endEpochMillis() - whole.times().startEpochMillis())
        : 0;
  }

  /** Share of its device time whose energy is known; 1 if there is no device time. */
  public double coverage() {
    double covered = whole.totals().get(JobAmount.COVERED_MILLIS);
    double all = covered + whole.totals().get(JobAmount.UNCOVERED_MILLIS);
    return all > 0 ? covered / all : 1;
  }

  /** Whether its work over its energy is a figure: it has both, and the energy is whole. */
  public boolean countsForWork() {
    return !unit().isEmpty() && millijoules() > 0 && coverage() >= LEAST_COVERAGE;
  }

  /** Work over energy, units a joule. */
  public double workPerJoule() {
    return work() / joules();
  }

  /**
   * GPU time, ms: as it was held, else the label {@link #GPUS} times its length; 0 if not known.
   */
  public double gpuMillis() {
    long held = whole.totals().get(JobAmount.GPU_HELD_MILLIS);
    return held > 0 ? held : gpusByLabel() * millis();
  }

  private double gpusByLabel() {
    String text = label(GPUS);
    return text.matches("[1-9][0-9]{0,6}") ? Integer.parseInt(text) : 0;
  }

  /** Whether the scheduler reported that it came to its regular end. */
  public boolean completed() {
    return whole.state() == JobState.COMPLETED;
  }
}
