// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A job of {@link MadeYear}. */
final class MadeJob {
  private static final int QUARTER = Windows.QUARTER_HOUR_MILLIS;
  // a mean of 1.2 h, and a median of 35 min
  private static final double SIGMA = 1.2;
  private static final double MEAN_MILLIS = 1.2 * Windows.HOUR_MILLIS;
  private static final long LONGEST = 7 * 86_400_000L;
  private static final List<String> MODELS = List.of("llama2-70b", "mixtral-8x7b", "resnet", "");
  private static final int GPU_WATTS = 300;

  private final String site;
  private final String job;
  private final JobDetails details;
  private final long start;
  private final long end;
  private final int gpus;
  private final int watts;
  private final int busyPercent;
  private final Totals<JobAmount> sum = Totals.ofJob();

  MadeJob(Random random, int number, String site, long start, MadeYear.Settings settings) {
    this.site = site;
    this.job = "batch/" + (1_000_000 + number);
    this.start = start;
    int user = (int) Math.floor(settings.users() * Math.pow(random.nextDouble(), 2));
    String model = MODELS.get(random.nextInt(MODELS.size()));
    details =
        new JobDetails(
            "user%03d".formatted(user),
            // two for each user
            "project%02d".formatted((user * 7 + random.nextInt(2)) % settings.projects()),
            "train-" + random.nextInt(20),
            random.nextInt(4) == 0 ? "debug" : "gpu",
            model.isEmpty() ? Map.of() : Map.of("model", model, "precision", "bf16"));
    double length =
        Math.exp(Math.log(MEAN_MILLIS) - SIGMA * SIGMA / 2 + SIGMA * random.nextGaussian());
    end = Math.min(settings.to(), start + Math.clamp((long) length, 10_000, LONGEST));
    gpus = 1 << random.nextInt(4);
    busyPercent = random.nextInt(101);
    watts = gpus * (GPU_WATTS + random.nextInt(GPU_WATTS));
  }

  String site() {
    return site;
  }

  JobDetails details() {
    return details;
  }

  long end() {
    return end;
  }

  /** Sets what it used in a quarter, and adds that to its sum. */
  void amounts(long quarterStart, Totals<JobAmount> to) {
    long millis = Math.min(end, quarterStart + QUARTER) - Math.max(start, quarterStart);
    long energy = watts * millis + 1;
    long gpu = energy * 3 / 4;
    long idle = gpu * (100 - busyPercent) / 300;
    long estimated = energy / 100;
    boolean isFirst = start >= quarterStart;
    boolean isLast = end <= quarterStart + QUARTER;
    to.clear();
    to.set(JobAmount.TOTAL_MILLIJOULES, energy);
    to.set(JobAmount.GPU_MILLIJOULES, gpu);
    to.set(JobAmount.CPU_MILLIJOULES, energy - gpu);
    to.set(JobAmount.MEASURED_MILLIJOULES, energy - estimated);
    to.set(JobAmount.ESTIMATED_MILLIJOULES, estimated);
    to.set(JobAmount.HELD_IDLE_MILLIJOULES, idle);
    to.set(JobAmount.COVERED_MILLIS, (gpus + 2) * millis);
    to.set(JobAmount.GPU_HELD_MILLIS, gpus * millis);
    to.set(JobAmount.GPU_BUSY_MILLIS, gpus * millis * busyPercent / 100);
    to.set(JobAmount.NODES_HELD, isFirst ? 1 : 0);
    to.set(JobAmount.NODES_RELEASED, isLast ? 1 : 0);
    sum.addAll(to);
  }

  /** Adds what it used to the ledger of its site. */
  void book(Totals<JobAmount> amounts, Totals<SiteAmount> ledger) {
    ledger.add(SiteAmount.JOBS_TOTAL_MILLIJOULES, amounts.get(JobAmount.TOTAL_MILLIJOULES));
    ledger.add(SiteAmount.JOBS_GPU_MILLIJOULES, amounts.get(JobAmount.GPU_MILLIJOULES));
    ledger.add(SiteAmount.HELD_IDLE_MILLIJOULES, amounts.get(JobAmount.HELD_IDLE_MILLIJOULES));
    ledger.add(SiteAmount.GPU_ALLOCATED_MILLIS, amounts.get(JobAmount.GPU_HELD_MILLIS));
    ledger.add(SiteAmount.GPU_BUSY_MILLIS, amounts.get(JobAmount.GPU_BUSY_MILLIS));
  }

  JobQuarterHour quarter(long quarterStart, Totals<JobAmount> amounts) {
    return new JobQuarterHour(site, job, details, quarterStart, QUARTER, amounts, 0);
  }

  JobSummary summary() {
    double tokens = sum.get(JobAmount.TOTAL_MILLIJOULES) / 250.0;
    return new JobSummary(
        site,
        job,
        details,
        JobState.COMPLETED,
        new JobTimes(start, start, end, end),
        watts * 1_000L,
        details.labels().isEmpty() ? JobWork.NONE : new JobWork(tokens, "tokens"),
        sum,
        0,
        1);
  }
}
