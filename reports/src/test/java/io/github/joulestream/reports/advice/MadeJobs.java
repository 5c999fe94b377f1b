// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedGrid;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.GeneratedJob;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.period.Period;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;

/** Jobs whose every quarter of an hour is known, at one site at a price. */
final class MadeJobs {
  static final Period OCTOBER = RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "UTC");
  static final long START = OCTOBER.from().toEpochMilli();
  static final double PRICE = 0.20;
  private static final long QUARTER = GeneratedHistory.QUARTER;

  final GeneratedHistory history = new GeneratedHistory(OCTOBER.to().toEpochMilli());
  private int jobs;

  /** What a job is like. */
  record Made(
      Map<String, String> labels,
      int gpus,
      int firstQuarter,
      int quarters,
      double gpuWatts,
      double restWatts,
      double work) {
    static Made of(Map<String, String> labels, int gpus, int firstQuarter, int quarters) {
      return new Made(labels, gpus, firstQuarter, quarters, 400, 300, 0);
    }

    Made withWork(double newWork) {
      return new Made(labels, gpus, firstQuarter, quarters, gpuWatts, restWatts, newWork);
    }

    Made withWatts(double newGpuWatts) {
      return new Made(labels, gpus, firstQuarter, quarters, newGpuWatts, restWatts, work);
    }
  }

  MadeJobs() {
    this(hour -> PRICE);
  }

  /** At a price per kWh that depends on the start of the hour. */
  MadeJobs(LongToDoubleFunction price) {
    for (long hour = START; hour < OCTOBER.to().toEpochMilli(); hour += GeneratedGrid.HOUR) {
      history.addGrid(
          List.of(
              GeneratedGrid.price(
                  "east", hour, hour + GeneratedGrid.HOUR, "EUR", price.applyAsDouble(hour))));
      history.addToLedger(
          "east", hour, Totals.ofSite().add(SiteAmount.IDLE_TOTAL_MILLIJOULES, 3_600_000_000L));
    }
  }

  /**
   * Adds a job.
   *
   * @param idleFrom its first quarter in which all its GPUs are idle, counted from its start
   * @param idleQuarters how many follow each other
   */
  MadeJobs add(Made made, int idleFrom, int idleQuarters) {
    SortedMap<Long, Totals<JobAmount>> quarters = new TreeMap<>();
    for (int i = 0; i < made.quarters(); i++) {
      boolean idle = i >= idleFrom && i < idleFrom + idleQuarters;
      quarters.put(
          START + (made.firstQuarter() + i) * QUARTER, totals(made, idle ? made.gpus() : 0, idle));
    }
    return add(made, quarters);
  }

  /** Adds a job of which so many GPUs are always idle. */
  MadeJobs addWithIdleGpus(Made made, int idleGpus) {
    SortedMap<Long, Totals<JobAmount>> quarters = new TreeMap<>();
    for (int i = 0; i < made.quarters(); i++) {
      quarters.put(START + (made.firstQuarter() + i) * QUARTER, totals(made, idleGpus, false));
    }
    return add(made, quarters);
  }

  private static Totals<JobAmount> totals(Made made, int idleGpus, boolean allIdle) {
    long idle = Math.round(80.0 * idleGpus * QUARTER);
    long busy = Math.round(made.gpuWatts() * (made.gpus() - idleGpus) * QUARTER);
    long held = made.gpus() * QUARTER;
    long total = idle + busy + Math.round(made.restWatts() * made.gpus() * QUARTER);
    return Totals.ofJob()
        .add(JobAmount.TOTAL_MILLIJOULES, total)
        .add(JobAmount.GPU_MILLIJOULES, idle + busy)
        .add(JobAmount.MEASURED_MILLIJOULES, total)
        .add(JobAmount.HELD_IDLE_MILLIJOULES, idle)
        .add(JobAmount.COVERED_MILLIS, held)
        .add(JobAmount.GPU_HELD_MILLIS, held)
        .add(
            JobAmount.GPU_BUSY_MILLIS,
            allIdle ? held / 50 : (made.gpus() - idleGpus) * QUARTER * 9 / 10);
  }

  private MadeJobs add(Made made, SortedMap<Long, Totals<JobAmount>> quarters) {
    String id = "c/" + jobs++;
    history.add(
        GeneratedJob.of(
                "east",
                id,
                "ada",
                "climate",
                Instant.ofEpochMilli(quarters.firstKey()),
                Instant.ofEpochMilli(quarters.lastKey() + QUARTER))
            .withLabels(made.labels())
            .withWork(made.work(), made.work() == 0 ? "" : "tokens"),
        quarters);
    return this;
  }

  ReportSource source() {
    return new StoreReportSource(
        history, RequestFixture.of(OCTOBER, OCTOBER.to().plusSeconds(9_000_000), "east"), w -> {});
  }

  List<JobFigures> figures() {
    return JobFigures.of(source().of(OCTOBER, ReportSource.Detail.JOBS).jobList());
  }

  Advisor advisor() {
    ReportSource source = source();
    PeriodData data = source.of(OCTOBER, ReportSource.Detail.JOBS);
    List<JobFigures> figures = JobFigures.of(data.jobList());
    return new Advisor(data, figures, JobSteps.read(source, data, figures));
  }

  /** Advice on a topic. */
  List<Advice> advice(Advice.Topic topic) {
    List<Advice> of = new ArrayList<>();
    for (Advice advice : advisor().all()) {
      if (advice.topic() == topic) {
        of.add(advice);
      }
    }
    return of;
  }
}
