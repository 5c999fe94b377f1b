// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.advice.Advisor;
import io.github.joulestream.reports.advice.JobFigures;
import io.github.joulestream.reports.advice.JobSteps;
import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.sections.MemoryStorageSections;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For those who run the site: what is idle, what is in doubt, what is over its limit. */
public final class OperationsReport implements ReportKind {
  private static final List<String> METHOD =
      List.of(
          "Idle is energy of devices that no job held. Held idle is energy of GPUs that jobs held"
              + " at a use under 5 %.",
          "What late data moved since an earlier report is not in the store.");

  @Override
  public String name() {
    return "operations";
  }

  @Override
  public String summary() {
    return "For those who run a site: idle devices, quality of data, outliers, budgets, what-ifs";
  }

  @Override
  public boolean usesGroupings() {
    return true;
  }

  @Override
  public Report make(ReportSource source) {
    PeriodData data = source.of(source.request().period(), ReportSource.Detail.JOBS);
    source.progress("jobs of " + data.period().label());
    List<JobFigures> jobs = JobFigures.of(data.jobList());
    JobSteps steps = JobSteps.read(source, data, jobs);
    Advisor advisor = new Advisor(data, jobs, steps);
    boolean hasMoney = !PeriodFigures.currency(data).isEmpty();
    IdleSections idle = new IdleSections(data, hasMoney);
    QualitySections quality = new QualitySections(data);
    boolean isWhole = isWhole(source.request());
    List<Section> sections = new ArrayList<>();
    if (isWhole) {
      sections.add(idle.sites());
      sections.add(quality.quality());
      sections.add(BudgetSection.of(source, data));
    }
    groupings(source.request()).forEach(grouping -> sections.add(idle.held(grouping)));
    if (isWhole) {
      NodeSections nodes = new NodeSections(source, data);
      sections.add(nodes.idle());
      sections.add(nodes.outliers());
      sections.add(idle.week());
    }
    sections.add(idle.jobs(jobs, steps));
    sections.add(AdviceSections.advice(advisor, !isWhole));
    if (isWhole) {
      sections.add(quality.faults());
      sections.addAll(MemoryStorageSections.of(source, data));
    }
    sections.add(WhatIfSections.giveBack(steps.givenBack(), hasMoney));
    if (isWhole) {
      sections.add(WhatIfSections.laterHours(data, hasMoney));
    }
    sections.addAll(WhatIfSections.powerCurves(jobs));
    return new Report(
        MetaOf.of(name(), "Operations", source.request(), data, METHOD),
        isWhole ? headline(data) : ofJobs(data),
        isWhole ? tiles(data) : List.of(),
        sections);
  }

  /** False if it is of some jobs: what sites have beside jobs cannot be narrowed to them. */
  private static boolean isWhole(ReportRequest request) {
    return request.users().isEmpty() && request.projects().isEmpty() && request.labels().isEmpty();
  }

  /** As asked for; jobs are not known by node, and have a section of their own. */
  private static List<Grouping> groupings(ReportRequest request) {
    List<Grouping> groupings = new ArrayList<>(request.groupings());
    groupings.removeIf(
        grouping -> grouping.by() == Grouping.By.NODE || grouping.by() == Grouping.By.JOB);
    return groupings.isEmpty() ? List.of(Grouping.of(Grouping.By.PARTITION)) : groupings;
  }

  private static String ofJobs(PeriodData data) {
    ExactSum all = data.jobs().sum(JobAmount.TOTAL_MILLIJOULES);
    ExactSum held = data.jobs().sum(JobAmount.HELD_IDLE_MILLIJOULES);
    BigDecimal share = Cells.ratio(held, all);
    return share == null
        ? "No energy of these jobs is known of %s.".formatted(data.period().label())
        : "In %s GPUs that these jobs held idle used %s, %s of all of their energy."
            .formatted(
                data.period().label(),
                Said.energy(held.value()),
                Said.percent(share.doubleValue()));
  }

  private static ExactSum sum(PeriodData data, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    for (SiteUse site : data.sites().values()) {
      sum.add(site.sum(amount));
    }
    return sum;
  }

  private static String headline(PeriodData data) {
    ExactSum measured = sum(data, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    if (measured.signum() <= 0) {
      return "No energy is known of %s.".formatted(data.period().label());
    }
    ExactSum idle = sum(data, SiteAmount.IDLE_TOTAL_MILLIJOULES);
    ExactSum held = sum(data, SiteAmount.HELD_IDLE_MILLIJOULES);
    return ("In %s devices that nobody held used %s, %s of all measured energy, and GPUs that jobs"
            + " held idle %s, %s of it.")
        .formatted(
            data.period().label(),
            Said.energy(idle.value()),
            Said.percent(idle.doubleValue() / measured.doubleValue()),
            Said.energy(held.value()),
            Said.percent(held.doubleValue() / measured.doubleValue()));
  }

  private static List<Tile> tiles(PeriodData data) {
    ExactSum measured = sum(data, SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    ExactSum idle = sum(data, SiteAmount.IDLE_TOTAL_MILLIJOULES);
    ExactSum held = sum(data, SiteAmount.HELD_IDLE_MILLIJOULES);
    ExactSum gpus = sum(data, SiteAmount.GPU_MILLIS);
    ExactSum allocated = sum(data, SiteAmount.GPU_ALLOCATED_MILLIS);
    ExactSum time = sum(data, SiteAmount.COVERED_MILLIS);
    ExactSum covered = time.copy();
    time.add(sum(data, SiteAmount.UNCOVERED_MILLIS));
    boolean isKnown = !data.sites().isEmpty();
    return List.of(
        tile(
            "idle",
            "Idle",
            Quantity.ENERGY,
            isKnown ? Cells.sum(idle) : null,
            percent(idle, measured, "of energy")),
        tile(
            "held_idle",
            "Held idle",
            Quantity.ENERGY,
            isKnown ? Cells.sum(held) : null,
            percent(held, measured, "of energy")),
        tile("gpu_allocated", "GPUs allocated", Quantity.RATIO, Cells.ratio(allocated, gpus), ""),
        tile(
            "gpu_busy",
            "GPUs busy",
            Quantity.RATIO,
            Cells.ratio(sum(data, SiteAmount.GPU_BUSY_MILLIS), gpus),
            ""),
        tile("coverage", "Coverage", Quantity.RATIO, Cells.ratio(covered, time), ""),
        tile(
            "measured",
            "Measured",
            Quantity.RATIO,
            Cells.ratio(sum(data, SiteAmount.QUALITY_MEASURED_MILLIJOULES), measured),
            "of energy, neither estimated nor modelled"));
  }

  private static String percent(ExactSum part, ExactSum whole, String of) {
    BigDecimal ratio = Cells.ratio(part, whole);
    return ratio == null ? "" : Said.percent(ratio.doubleValue()) + " " + of;
  }

  private static Tile tile(
      String name, String title, Quantity quantity, @Nullable BigDecimal value, String note) {
    return new Tile(name, title, quantity, "", value, null, null, List.of(), note);
  }
}
