// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.schemas.JobSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What rules need of a job, in little memory. */
public final class JobFigures {
  /** Millijoules in a joule. */
  static final double MILLI = 1_000;

  private static final List<String> SETTINGS =
      Stream.concat(Stream.of("phase"), Settings.LABELS.stream()).toList();
  private static final double HOUR_MILLIS = 3_600_000;
  private static final String UNKNOWN = "(unknown)";

  private final String site;
  private final String job;
  private final String user;
  private final String name;
  private final String jobClass;
  private final Map<String, String> labels;
  private final GpuCount gpus;
  private final InPeriod inPeriod;
  private final Whole whole;

  /** What a job used in the period; energy in mJ, the others for a mJ of all and of held idle. */
  private record InPeriod(
      double total,
      double gpu,
      double held,
      double heldIdle,
      double cost,
      double grams,
      double idleCost,
      double idleGrams) {
    private static InPeriod of(Use use) {
      return new InPeriod(
          use.sum(JobAmount.TOTAL_MILLIJOULES).doubleValue(),
          use.sum(JobAmount.GPU_MILLIJOULES).doubleValue(),
          use.sum(JobAmount.GPU_HELD_MILLIS).doubleValue(),
          use.sum(JobAmount.HELD_IDLE_MILLIJOULES).doubleValue(),
          Rate.of(use.charges(), Charges.Figure.COST),
          Rate.of(use.charges(), Charges.Figure.CO2E_LOCATION),
          Rate.of(use.heldIdle(), Charges.Figure.COST),
          Rate.of(use.heldIdle(), Charges.Figure.CO2E_LOCATION));
    }
  }

  /** The whole job. */
  private record Whole(
      double work, String unit, double total, double gpu, double held, double heldIdle) {
    private static final Whole UNKNOWN = new Whole(0, "", 0, 0, 0, 0);

    private static Whole of(@Nullable JobSummary whole) {
      return whole == null
          ? UNKNOWN
          : new Whole(
              whole.work().amount(),
              whole.work().unit(),
              whole.totals().get(JobAmount.TOTAL_MILLIJOULES),
              whole.totals().get(JobAmount.GPU_MILLIJOULES),
              whole.totals().get(JobAmount.GPU_HELD_MILLIS),
              whole.totals().get(JobAmount.HELD_IDLE_MILLIJOULES));
    }
  }

  private JobFigures(JobUse use, boolean isFirst, Map<String, String> names) {
    this.site = use.site();
    this.job = use.job();
    this.user = use.user();
    this.name = use.name();
    this.labels = use.labels();
    this.gpus = GpuCount.of(use.whole());
    this.inPeriod = InPeriod.of(use.use());
    this.whole = isFirst ? Whole.of(use.whole()) : Whole.UNKNOWN;
    String own = classOf(use);
    this.jobClass = Objects.requireNonNullElse(names.putIfAbsent(own, own), own);
  }

  /**
   * Of jobs. One whose energy was accounted to several people is there several times, and has its
   * work with the first alone.
   */
  public static List<JobFigures> of(List<JobUse> jobs) {
    List<JobFigures> figures = new ArrayList<>(jobs.size());
    Set<String> seen = new HashSet<>();
    Map<String, String> names = new HashMap<>();
    for (JobUse job : jobs) {
      figures.add(new JobFigures(job, seen.add(job.site() + "/" + job.job()), names));
    }
    return figures;
  }

  /** Its label {@code model}; without one, its partition and number of GPUs. */
  public static String classOf(JobUse job) {
    String model = Objects.requireNonNullElse(job.labels().get("model"), "");
    return model.isEmpty()
        ? (job.partition().isEmpty() ? UNKNOWN : job.partition())
            + ", "
            + GpuCount.of(job.whole()).text()
        : model;
  }

  public String site() {
    return site;
  }

  /** Its id. */
  public String job() {
    return job;
  }

  public String user() {
    return user;
  }

  public String name() {
    return name;
  }

  /** Its site and id: {@code east/17}. */
  String key() {
    return site + "/" + job;
  }

  /** See {@link #classOf}. */
  public String jobClass() {
    return jobClass;
  }

  public GpuCount gpus() {
    return gpus;
  }

  /** A label of the job; empty if it has none. */
  public String label(String label) {
    return Objects.requireNonNullElse(labels.get(label), "");
  }

  /** Unit of its work; empty if it reported no work, or has no energy. */
  public String unit() {
    return whole.work > 0 && whole.total > 0 ? whole.unit : "";
  }

  /** Work of the whole job. */
  public double work() {
    return whole.work;
  }

  /** Energy of the whole job, mJ: the work was done with it. */
  public double wholeMillijoules() {
    return whole.total;
  }

  /** Energy of GPUs of the whole job, mJ. */
  double wholeGpuMillijoules() {
    return whole.gpu;
  }

  /** Energy of idle GPUs of the whole job, mJ. */
  double wholeHeldIdleMillijoules() {
    return whole.heldIdle;
  }

  /** GPU time of the whole job, ms. */
  double wholeHeldMillis() {
    return whole.held;
  }

  /** Work over energy of the whole job, per joule. */
  public double workPerJoule() {
    return whole.work / (whole.total / MILLI);
  }

  /**
   * Jobs whose work per joule can be compared: of one unit, model and number of GPUs. Empty without
   * work or a label {@code model}.
   */
  public String peers() {
    String model = label("model");
    return unit().isEmpty() || model.isEmpty() ? "" : String.join("\n", unit(), model, gpus.name());
  }

  /** Its phase, and the settings that it has, in words: {@code batch 32, precision bf16}. */
  public String settings() {
    StringJoiner settings = new StringJoiner(", ");
    for (String label : SETTINGS) {
      if (!label(label).isEmpty()) {
        settings.add(label + " " + label(label));
      }
    }
    return settings.toString();
  }

  /** Energy in the period, mJ. */
  public double millijoules() {
    return inPeriod.total;
  }

  /** Energy of GPUs in the period, mJ. */
  public double gpuMillijoules() {
    return inPeriod.gpu;
  }

  /** Energy in the period of GPUs that it held idle, mJ. */
  public double heldIdleMillijoules() {
    return inPeriod.heldIdle;
  }

  /** GPU time held in the period, ms. */
  public double heldMillis() {
    return inPeriod.held;
  }

  /** GPU hours held in the period. */
  public double gpuHours() {
    return inPeriod.held / HOUR_MILLIS;
  }

  /** What a mJ of it cost in the mean; NaN if not known. */
  public double cost() {
    return inPeriod.cost;
  }

  /** What a mJ of it emitted in the mean, g CO2e; NaN if not known. */
  public double grams() {
    return inPeriod.grams;
  }

  /** What a mJ of its idle GPUs cost in the mean; NaN if not known. */
  public double idleCost() {
    return inPeriod.idleCost;
  }

  /** What a mJ of its idle GPUs emitted in the mean, g CO2e; NaN if not known. */
  public double idleGrams() {
    return inPeriod.idleGrams;
  }
}
